"""The system integration test: versions, repeats, wrong order, an EPJ that fails, and messages that must be refused."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext

from hub.model.codes import ReceiptCode, ServiceCode
from hub.rehearsal.cases import SitCase, sit_cases
from hub.rehearsal.checks.outcome import Outcome
from hub.rehearsal.checks.trial import Trial, not_drivable
from hub.rehearsal.comparing import Grade, matches
from hub.rehearsal.results import CaseResult, Said, Verdict, failed, passed, skipped, verdict_of
from hub.rehearsal.surroundings import Registration, SeenNote

#: The alert code of the test's messages, by the service that the sender has. Ordered by what is most common.
_CODES = {
    ServiceCode.SAFETY_ALARM: "3",
    ServiceCode.MEDICATION: "1.1",
    ServiceCode.LOCATION: "2",
    ServiceCode.DIGITAL_SUPERVISION: "4.1",
    ServiceCode.REMOTE_MONITORING: "5.1",
}


async def integration(trial: Trial) -> Outcome:
    """Every case of the integration test, one at a time."""
    found = trial.registration()
    if stopped := not_drivable(found, "mqtt"):
        return stopped
    assert found is not None
    service = next((s for s in _CODES if found.sender_for(s, "mqtt")), None)
    if service is None:
        return Outcome((failed("Ingen avsender kan sende varsler.", "No sender may send alerts."),))
    cases, templates = sit_cases()
    results = []
    for place, case in enumerate(cases, 1):
        sitting = _Sitting(trial, found, service, templates[case.messages[0].template], place)
        results.append(await sitting.run(case))
    good = sum(r.verdict is Verdict.PASSED for r in results)
    words = (f"{good} av {len(results)} tilfeller bestått.", f"{good} of {len(results)} cases passed.")
    return Outcome((passed(*words) if good == len(results) else skipped(*words),), tuple(results))


class _Sitting:
    """One case being run."""

    def __init__(self, trial: Trial, found: Registration, service: ServiceCode, template: str, place: int) -> None:
        sender = found.sender_for(service, "mqtt")
        assert sender is not None
        self._trial = trial
        self._found = found
        self._code = _CODES[service]
        self._sender = sender.id
        self._template = template
        self._place = place

    async def run(self, case: SitCase) -> CaseResult:
        """The case's result."""
        if case.disturb and not self._found.is_simulated:
            said = skipped("EPJ-en er ikke simulert, og forstyrres ikke.", "The EHR is real and is left in peace.")
            return CaseResult(case=case.id, title=case.title, verdict=Verdict.SKIPPED, said=(said,))
        async with self._disturbed(case):
            answered = await self._send(case)
            notes = await self._notes(case)
        parts = (*answered, *_judged(case, notes))
        verdict = verdict_of(parts)
        return CaseResult(
            case=case.id,
            title=case.title,
            verdict=verdict,
            said=parts,
            grade=Grade.A if verdict is Verdict.FAILED else None,
            note=notes[0].key if notes else None,
            seen_in=notes[0].seen_in if notes else "",
        )

    def _disturbed(self, case: SitCase) -> AbstractAsyncContextManager[None]:
        return self._trial.hub.disturbed(self._trial.municipality, case.disturb) if case.disturb else nullcontext()

    async def _send(self, case: SitCase) -> list[Said]:
        trial, said = self._trial, []
        patient = trial.patient("integration")
        fill = trial.fill(case.id, sender=self._sender, patient=patient, place=self._place)
        for message in case.messages:
            payload = fill.message(
                self._template, said=fill.at(message.said).isoformat(), words=message.words, code=self._code
            )
            answer = await trial.hub.send(
                trial.municipality, self._sender, payload, device=f"SIT-{self._place}", door="mqtt"
            )
            got, wanted = answer.code.value, message.answer
            words = (f"Svar: {got}, ventet {wanted}.", f"Answer: {got}, expected {wanted}.")
            said.append(passed(*words) if answer.code.value == message.answer else failed(*words))
            if answer.code is ReceiptCode.REJECTED:
                await trial.hub.dismiss(trial.municipality, payload)
        return said

    async def _notes(self, case: SitCase) -> tuple[SeenNote, ...]:
        patient = self._trial.patient("integration")
        fill = self._trial.fill(case.id, sender=self._sender, patient=patient, place=self._place)
        return await self._trial.hub.notes(self._trial.municipality, patient, [fill.name("message")])


def _judged(case: SitCase, notes: tuple[SeenNote, ...]) -> list[Said]:
    words = (f"Notater: {len(notes)}, ventet {case.notes}.", f"Notes: {len(notes)}, expected {case.notes}.")
    said = [passed(*words) if len(notes) == case.notes else failed(*words)]
    if not notes:
        return said
    for line in case.lines:
        stands = any(matches(line, actual) for actual in notes[0].lines)
        said.append(passed(f"«{line}» står i notatet.", f"“{line}” is in the note.") if stands else _lacks(line))
    still = [line for line in case.not_lines if any(matches(line, actual) for actual in notes[0].lines)]
    return said + [failed(f"«{line}» står fortsatt i notatet.", f"“{line}” is still in the note.") for line in still]


def _lacks(line: str) -> Said:
    return failed(f"«{line}» mangler i notatet.", f"“{line}” is missing in the note.")
