"""The checks that the hub makes itself: real ones, against a running hub, never declarations."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from hub.rehearsal.cases import AcceptanceCase
from hub.rehearsal.checks.acceptance import acceptance, verification
from hub.rehearsal.checks.communication import communication
from hub.rehearsal.checks.handover import handover
from hub.rehearsal.checks.integration import integration
from hub.rehearsal.checks.outcome import Outcome
from hub.rehearsal.checks.registration import sender_registered, services_mapped
from hub.rehearsal.checks.sign_in import sign_in
from hub.rehearsal.checks.trial import Trial
from hub.rehearsal.course import CheckName, Step
from hub.rehearsal.results import CheckResult, failed, verdict_of
from hub.rehearsal.surroundings import Door, OutOfReach, Surroundings

_CHECKS: Mapping[CheckName, Callable[[Trial], Awaitable[Outcome]]] = {
    "sender_registered": sender_registered,
    "services_mapped": services_mapped,
    "token": sign_in,
    "communication": communication,
    "sit": integration,
    "acceptance": acceptance,
    "verification": verification,
    "handover": handover,
}
_DOORS: Mapping[str, Door] = {"vkp": "mqtt", "jft": "jft"}


@dataclass(frozen=True, slots=True)
class Checking:
    """Who is checked: the municipality, in which course, with which cases of its own; `run` is new each time.

    `has_contacts` tells whether the contact points are written down, which the hand-over needs.
    """

    municipality: str
    course: str
    own_cases: Sequence[AcceptanceCase]
    run: str
    has_contacts: bool


async def check(step: Step, checking: Checking, surroundings: Surroundings) -> CheckResult:
    """Make the step's check. What is out of reach is a failed check that says so. Raises KeyError without a check."""
    if step.check is None:
        raise KeyError(step.id)
    began = time.monotonic()
    trial = Trial(
        municipality=checking.municipality,
        door=_DOORS[checking.course],
        own_cases=tuple(checking.own_cases),
        run=checking.run,
        has_contacts=checking.has_contacts,
        hub=surroundings,
    )
    try:
        outcome = await _CHECKS[step.check](trial)
    except OutOfReach as error:
        outcome = Outcome((failed(error.words, "The hub, or a part that the check needs, did not answer."),))
    parts = [verdict_of(part) for part in (outcome.said, outcome.cases) if part]
    return CheckResult(
        step=step.id,
        verdict=outcome.verdict_over(parts),
        said=outcome.said,
        cases=outcome.cases,
        at=surroundings.now(),
        seconds=round(time.monotonic() - began, 2),
    )
