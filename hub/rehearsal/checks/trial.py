"""One run of a check: for whom, by which door, with whose identity, and how a message is sent in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from hub.model.person import PatientRef
from hub.rehearsal.cases import AcceptanceCase, Fill
from hub.rehearsal.checks.outcome import Outcome
from hub.rehearsal.identity import reserved_identity
from hub.rehearsal.results import failed, for_a_person
from hub.rehearsal.surroundings import Door, Registration, Surroundings

#: How long before now the events of a test are said to have happened: long enough for all that follows on them.
_BEFORE = timedelta(minutes=12)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a check works with."""

    municipality: str
    door: Door
    own_cases: tuple[AcceptanceCase, ...]
    run: str
    has_contacts: bool
    hub: Surroundings

    def registration(self) -> Registration | None:
        """What the hub has of the municipality."""
        return self.hub.registration(self.municipality)

    def patient(self, purpose: str) -> PatientRef:
        """The identity that is reserved for `purpose`."""
        return reserved_identity(self.municipality, purpose)

    def fill(self, label: str, *, sender: str, patient: PatientRef, place: int) -> Fill:
        """The values of one case. `place` sets its event apart in time, so that two cases are never taken for one."""
        occurred = self.hub.now() - _BEFORE - timedelta(seconds=7 * place)
        return Fill(patient, occurred, f"{self.run}/{label}", sender)


def not_drivable(registration: Registration | None, door: Door) -> Outcome | None:
    """Why no test message can be sent by `door`, or None when one can."""
    if registration is None:
        return Outcome((failed(_NOT_THERE_NB, _NOT_THERE_EN),))
    if not registration.senders:
        return Outcome((failed("Kommunen har ingen avsender ennå.", "The municipality has no sender yet."),))
    if door not in registration.doors:
        return Outcome((for_a_person(_BY_HAND_NB, _BY_HAND_EN),))
    return None


_NOT_THERE_NB = "Kommunen er ikke satt opp i dette knutepunktet."
_NOT_THERE_EN = "The municipality is not set up in this hub."
_BY_HAND_NB = (
    "Her kan ikke knutepunktet sende i avsenderens navn. La leverandøren sende meldingene med sin egen klient, se "
    "notatene i EPJ, og bekreft steget med det som bevis."
)
_BY_HAND_EN = (
    "Here the hub cannot send in the sender's name. Let the vendor send the messages with its own client, look at the "
    "notes in the EHR, and confirm the step with that as evidence."
)
