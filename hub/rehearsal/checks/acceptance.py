"""The acceptance test and the verification: every case that concerns the municipality, its note beside the expected."""

from __future__ import annotations

from hub.rehearsal.cases import AcceptanceCase
from hub.rehearsal.checks.outcome import Outcome
from hub.rehearsal.checks.running import fitting, sent_case
from hub.rehearsal.checks.trial import Trial, not_drivable
from hub.rehearsal.identity import is_reserved
from hub.rehearsal.results import CaseResult, Verdict, failed, passed, skipped
from hub.rehearsal.surroundings import Registration


async def acceptance(trial: Trial) -> Outcome:
    """Every case whose service has a sender; the others are skipped by name."""
    return await _all_cases(trial, purpose="acceptance")


async def verification(trial: Trial) -> Outcome:
    """Each integration once, end to end, with the identity that is reserved for this and that no resident has."""
    outcome = await _all_cases(trial, purpose="verification")
    if not outcome.cases:
        return outcome
    if not is_reserved(trial.patient("verification")):
        return Outcome((failed("Identiteten er ikke syntetisk.", "The identity is not synthetic."),), outcome.cases)
    identity = passed(
        "Identiteten er i en syntetisk serie og kan ikke tilhøre noen innbygger.",
        "The identity is in a synthetic series and can belong to no resident.",
    )
    return Outcome((identity, *outcome.said), outcome.cases)


async def _all_cases(trial: Trial, *, purpose: str) -> Outcome:
    found = trial.registration()
    if stopped := not_drivable(found, trial.door):
        return stopped
    assert found is not None
    results = [
        await _one(trial, case, found, place=place, purpose=purpose) for place, case in enumerate(fitting(trial), 1)
    ]
    run = [r for r in results if r.verdict is not Verdict.SKIPPED]
    if not run:
        return Outcome((failed("Ingen av tilfellene kunne prøves.", "None of the cases could be tried."),))
    good = sum(r.verdict is not Verdict.FAILED for r in run)
    words = (f"{good} av {len(run)} tilfeller ga ventet notat.", f"{good} of {len(run)} cases gave the expected note.")
    summary = passed(*words) if good == len(run) else skipped(*words)
    return Outcome((summary,), tuple(results))


async def _one(trial: Trial, case: AcceptanceCase, found: Registration, *, place: int, purpose: str) -> CaseResult:
    sender = found.sender_for(case.service, trial.door)
    if sender is None:
        said = skipped("Ingen avsender har denne tjenesten.", "No sender has this service.")
        return CaseResult(case=case.id, title=case.title, verdict=Verdict.SKIPPED, said=(said,))
    return (await sent_case(trial, case, sender=sender.id, place=place, purpose=purpose)).result
