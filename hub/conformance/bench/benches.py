"""Gives tests their benches: the systems and the surroundings that a whole run shares, for each plan."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from connectors.testing.driving import ProductCard, Role, Surroundings, Way
from hub.app.listening import port_to_use
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.bench.people import people
from hub.conformance.catalogue import Placed
from hub.conformance.driving.attended import AttendedSystem
from hub.conformance.driving.child import own_system
from hub.conformance.driving.driven import DrivenSystem, Interface, NoDrivingInterface
from hub.conformance.driving.person import Person
from hub.conformance.driving.system import System
from hub.conformance.national.stage import SENDER, Fixed, Stage, stage
from hub.model.person import NHN_TEST_ORGANISATION, PatientRef

#: Every way, since nothing is known of a system without a card.
_UNKNOWN = ProductCard(product="", ways=("mqtt", "vkp", "jft"), roles=("connector", "response-centre", "api-client"))
_ROLES: Mapping[str, Role] = {"api-client": "api-client", "response-centre": "response-centre"}
AS_IN_THE_EXAMPLE = Fixed(0, 0, NHN_TEST_ORGANISATION, SENDER)


def _nobody(_surroundings: Surroundings) -> None:
    """Nobody needs to be told."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be tested: a running system at `target`, or connectors (`module:Class`) that the kit runs itself.

    `product` picks one of several behind one address. `person` acts where the system can't be driven; `fixed` are
    then the national side's ports, municipality and sender, and `tell_surroundings` gets the addresses before the first
    test. `options` are the plan's own (for EPJs the adapter).
    """

    target: str | None = None
    connectors: tuple[str, ...] = ()
    product: str | None = None
    person: Person | None = None
    fixed: Fixed | None = None
    tell_surroundings: Callable[[Surroundings], None] = _nobody
    options: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """What the report calls it."""
        return self.target or ", ".join(self.connectors)


class SenderBenches:
    """For plans about systems that send or ask: a national side for each test. `plan` decides the system's role."""

    def __init__(
        self,
        stage: Stage,
        system: System,
        people: Iterator[PatientRef],
        *,
        plan: str = "connector",
        person: Person | None = None,
    ) -> None:
        self.stage = stage
        self.system = system
        self._people = people
        self._person = person
        self._role: Role = _ROLES.get(plan, "connector")

    @property
    def can(self) -> Collection[str]:
        """What the system offers beyond the ordinary."""
        return self.system.can

    @property
    def card(self) -> ProductCard:
        """What the system says of itself."""
        return self.system.card

    @property
    def at_once(self) -> int:
        """How many tests may run side by side; one, where a person takes part."""
        return 1 if self._person is not None else self.system.card.sessions

    @contextlib.asynccontextmanager
    async def bench(self, placed: Placed) -> AsyncIterator[ConnectorBench]:
        """A bench for one test."""
        way = cast("Way | None", placed.test.way)
        yield ConnectorBench(self.stage, self.system, self._people, way, role=self._role, person=self._person)


@contextlib.asynccontextmanager
async def sender_benches(plan: str, subject: Subject, folder: Path) -> AsyncIterator[SenderBenches]:
    """The system and the national side, until the block ends. Raises DidNotStart, or OSError when nothing answers."""
    async with contextlib.AsyncExitStack() as stack:
        system, is_attended = await _system(subject, folder, stack)
        fixed = with_ports(subject.fixed or AS_IN_THE_EXAMPLE) if is_attended else None
        national = await stack.enter_async_context(stage(folder / "national", fixed=fixed))
        if is_attended:
            async with national.lane() as first:
                subject.tell_surroundings(first.surroundings("jft"))
        yield SenderBenches(national, system, people(), plan=plan, person=subject.person)


def with_ports(fixed: Fixed) -> Fixed:
    """`fixed` with free ports where none are given; they stay the same for the whole run."""
    return replace(
        fixed,
        http_port=fixed.http_port or port_to_use("127.0.0.1", 0, key="http-port"),
        mqtt_port=fixed.mqtt_port or port_to_use("127.0.0.1", 0, key="mqtt-port"),
    )


async def _system(subject: Subject, folder: Path, stack: contextlib.AsyncExitStack) -> tuple[System, bool]:
    if subject.target is None:
        own = own_system(subject.connectors, folder / "system", product=subject.product)
        return await stack.enter_async_context(own), False
    interface = await stack.enter_async_context(Interface(subject.target))
    try:
        card = await interface.card(subject.product)
    except NoDrivingInterface:
        return AttendedSystem(_UNKNOWN, subject.person), True
    return DrivenSystem(interface, card, product=subject.product), False
