"""The bench for systems that send: a national side of the test's own, and the system connected to it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors import SafetyAlarmRaised
from connectors.testing.driving import Role, Surroundings, Way
from hub.conformance.driving.child import OwnSystem
from hub.conformance.driving.person import Person, ask_to_do, ask_whether
from hub.conformance.driving.system import Session, System
from hub.conformance.national.certificates import Issuer, Server
from hub.conformance.national.lane import Lane
from hub.conformance.national.stage import Stage
from hub.conformance.results import Exchange
from hub.conformance.seen import exchanges_of
from hub.conformance.verdicts import Omitted, Skipped, both
from hub.model.codes import Route
from hub.model.person import PatientRef


@dataclass(frozen=True, slots=True)
class Connected:
    """A lane and the system's session on it."""

    lane: Lane
    system: Session
    surroundings: Surroundings


class ConnectorBench:
    """One test's hands on the national side (`stage`) and on the system. `way` is the way that the test is about.

    `role` is what the system is in this plan. `exchanges` are all that lanes of this test have heard, for the report.
    """

    def __init__(
        self,
        stage: Stage,
        system: System,
        people: Iterator[PatientRef],
        way: Way | None,
        *,
        role: Role = "connector",
        person: Person | None = None,
    ) -> None:
        self.stage = stage
        self.system = system
        self.role = role
        self._person = person
        self._people = people
        self._way = way
        self._numbers = 0
        self._lanes: list[Lane] = []

    @property
    def way(self) -> Way:
        """The way that the test uses: its own, else the first that the system has. Omitted when it hasn't got it."""
        if self.role == "api-client":
            return self._way or "vkp"  # it asks by HTTP, whatever it sends by
        ways = self.system.card.ways
        if self._way is not None and self._way not in ways:
            raise Omitted(both(f"systemet bruker ikke {self._way}", f"the system doesn't use {self._way}"))
        return self._way or ways[0]

    @property
    def issuer(self) -> Issuer:
        """The issuer of certificates whom the system is told to trust."""
        return self.stage.issuer

    def patient(self) -> PatientRef:
        """A synthetic person whom no other test knows."""
        return next(self._people)

    def number(self) -> str:
        """A number for an event, new each time."""
        self._numbers += 1
        return f"P-{self._numbers}"

    def now(self) -> datetime:
        """A moment ago, in whole seconds, UTC."""
        return datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=5)

    def alarm(self, **more: Any) -> SafetyAlarmRaised:
        """A safety alarm of a new person; `more` overrides its parts."""
        told: dict[str, Any] = {"device": "TA-17", "at": self.now()}
        if "patient" not in more:
            told["patient"] = self.patient()
        if "number" not in more:
            told["number"] = self.number()
        return SafetyAlarmRaised(**(told | more))

    def needs_words(self, *words: type) -> None:
        """Omit the test when the system can't tell such events (a card without words can tell all)."""
        missing = {word.__name__ for word in words} - set(self.system.card.words or (w.__name__ for w in words))
        if missing:
            named = ", ".join(sorted(missing))
            raise Omitted(both(f"systemet melder ikke {named}", f"the system doesn't tell {named}"))

    @contextlib.asynccontextmanager
    async def lane(self, *, alerts: Route = Route.EPJ, server: Server | None = None) -> AsyncIterator[Lane]:
        """A national side of the test's own."""
        async with self.stage.lane(alerts=alerts, server=server) as lane:
            self._lanes.append(lane)
            yield lane

    @contextlib.asynccontextmanager
    async def session(self, surroundings: Surroundings, *, system: System | None = None) -> AsyncIterator[Session]:
        """The system connected as `surroundings` say, remembering nothing; forgotten at the end."""
        system = system or self.system
        session = await system.connect(surroundings)
        try:
            yield session
        finally:
            await system.leave(session)

    @contextlib.asynccontextmanager
    async def process_of_its_own(self) -> AsyncIterator[OwnSystem]:
        """The system once more, in a process that this test alone may kill. For tests that need `kill`."""
        if not isinstance(self.system, OwnSystem):
            raise Skipped(both("prosessen er ikke vår å drepe", "the process is not ours to kill"))
        async with self.system.another() as system:
            yield system

    @contextlib.asynccontextmanager
    async def connected(
        self, *, alerts: Route = Route.EPJ, server: Server | None = None, **more: Any
    ) -> AsyncIterator[Connected]:
        """A fresh lane with the system connected to it by the test's way; `more` overrides its surroundings."""
        async with self.lane(alerts=alerts, server=server) as lane:
            surroundings = lane.surroundings(more.pop("way", self.way), **({"role": self.role} | more))
            async with self.session(surroundings) as session:
                yield Connected(lane, session, surroundings)

    async def ask_to_do(self, nb: str, en: str) -> None:
        """Wait until a person has done this. Waiting where nobody is there."""
        await ask_to_do(self._person, both(nb, en))

    async def ask_whether(self, nb: str, en: str) -> None:
        """Let a person see whether this is so. Waiting where nobody is there."""
        await ask_whether(self._person, both(nb, en))

    def exchanges(self) -> tuple[Exchange, ...]:
        """What was said in the test, for the report."""
        return tuple(exchange for lane in self._lanes for exchange in exchanges_of(lane.heard))
