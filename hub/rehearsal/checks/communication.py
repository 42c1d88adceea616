"""The communication test: one event in at one end, one journal note out at the other, before anything else."""

from __future__ import annotations

from hub.model.codes import ReceiptCode
from hub.rehearsal.checks.outcome import Outcome
from hub.rehearsal.checks.running import fitting, sent_case
from hub.rehearsal.checks.trial import Trial, not_drivable
from hub.rehearsal.results import Said, failed, for_a_person, passed


async def communication(trial: Trial) -> Outcome:
    """Send the first case that the municipality has a sender for, as a reserved person, and look for its one note."""
    found = trial.registration()
    if stopped := not_drivable(found, trial.door):
        return stopped
    assert found is not None
    case = next((c for c in fitting(trial) if found.sender_for(c.service, trial.door)), None)
    sender = found.sender_for(case.service, trial.door) if case else None
    if case is None or sender is None:
        return Outcome((failed("Ingen avsender har en tjeneste som kan prøves.", "No sender has a service to try."),))
    way = "MQTT" if trial.door == "mqtt" else "JFT (HTTP)"
    run = await sent_case(trial, case, sender=sender.id, place=0, purpose="communication")
    said: list[Said] = []
    if run.answers and all(a.code is ReceiptCode.ACCEPTED for a in run.answers):
        said.append(passed(f"{sender.id} sendte over {way}, og fikk kvittering.", f"{sender.id} sent by {way}."))
    else:
        codes = ", ".join(a.code.value for a in run.answers)
        said.append(failed(f"Meldingen ble ikke tatt inn ({codes}).", f"The message was not accepted ({codes})."))
    said.append(_note(len(run.notes), seen_in=run.notes[0].seen_in if run.notes else ""))
    return Outcome(tuple(said), (run.result,))


def _note(notes: int, *, seen_in: str) -> Said:
    if notes != 1:
        return failed(f"Det kom {notes} notater i EPJ, skulle vært ett.", f"{notes} notes came in the EHR, not one.")
    if seen_in == "epj":
        return passed("Ett notat er ført i EPJ, lest der.", "One note is in the EHR, read there.")
    return for_a_person(
        "EPJ har kvittert for ett notat. Se etter at det står i journalen, og bekreft.",
        "The EHR has confirmed one note. See that it is in the journal, and confirm.",
    )
