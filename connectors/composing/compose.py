"""One event in the field's words becomes one FHIR message."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.codes import NoteCategory, StepCode, SupervisionReason
from connectors.composing import resources
from connectors.composing.document import Entry, Note, document
from connectors.composing.elements import (
    Json,
    device_reference,
    fhir_time,
    operator,
    period,
    says_something,
    subject,
    writable,
)
from connectors.composing.handling import in_general
from connectors.composing.lane import lane_of
from connectors.composing.sender import Sender
from connectors.forwarded import ForwardedAlert
from connectors.words import (
    Alert,
    AlertRaised,
    Corrected,
    DispenseGiven,
    Event,
    Handled,
    Handling,
    Happening,
    MeasurementTaken,
    Retracted,
    Section,
    Step,
    SupervisionDone,
)
from hub.fhir import verbatim

#: What a retraction does not touch: equipment; and where only the handling is retracted, the alert and its parties.
_THINGS = frozenset({"Device", "Patient", "Practitioner", "Organization"})
_OTHERS = _THINGS | {"DetectedIssue"}
_HANDLING_DEVICE = "response-centre"
_FOLLOW_UP_TITLE = "Journalnotat for respons på hendelse"


@dataclass(frozen=True, slots=True)
class Composed:
    """A message ready to send: the resource, the equipment that it is about, and the patient's lane.

    Messages of one lane are sent in the order in which they were told; its name tells nothing of the patient.
    """

    resource: Json
    device: str
    lane: str

    @property
    def payload(self) -> bytes:
        """The resource as JSON, every number as it was written."""
        return verbatim.dumps(self.resource)


def compose(event: Event, sender: Sender, *, takes: Collection[str]) -> Composed:
    """`event` as FHIR of a type in `takes`: a single resource where it may go alone, else a document Bundle.

    Raises ValueError on times without zone, periods that end before they begin, and a measurement of nothing.
    """
    composed = _composed(event, sender, takes)
    return replace(composed, resource=writable(composed.resource))


def _composed(event: Event, sender: Sender, takes: Collection[str]) -> Composed:
    match event:
        case Retracted(event=happening, at=at):
            composed = _Composer(sender, at, takes).compose(happening)
            own = _OTHERS if isinstance(happening, Handling) else _THINGS
            return Composed(_in_error(composed.resource, own), composed.device, composed.lane)
        case Corrected(event=happening, at=at):
            return _Composer(sender, at, takes).compose(happening)
        case _:
            return _Composer(sender, None, takes).compose(event)


@dataclass(frozen=True, slots=True)
class _Composer:
    sender: Sender
    corrected_at: datetime | None
    takes: Collection[str]

    def compose(self, event: Happening) -> Composed:
        match event:
            case AlertRaised():
                return self._alert(event)
            case DispenseGiven():
                return self._dispense(event)
            case SupervisionDone():
                return self._supervision(event)
            case MeasurementTaken():
                return self._measurement(event)
            case _:
                return self._handling(type(event).__name__, in_general(event))

    def _said(self, at: datetime) -> datetime:
        return self.corrected_at or at

    def _uuid(self, *name: str) -> str:
        return self.sender.uuid(*name)

    def _alert(self, event: AlertRaised) -> Composed:
        said_at = self._said(event.at)
        issue = resources.detected_issue(event, self.sender, said_at)
        lane = lane_of(issue["patient"])
        if "DetectedIssue" in self.takes:
            return Composed(issue, event.device, lane)
        note = Note(
            uuid=self._uuid("alarm", event.number, "note"),
            subject=issue["patient"],
            author=issue["author"],
            said_at=said_at,
            title="Varsel fra velferdsteknologi",
            category=NoteCategory.SAFETY,
            steps=(Step(code=StepCode.REPORTED, at=event.at),),
        )
        about = [self._issue_entry(event, issue), self._device_entry(event.device, event.device_name)]
        return Composed(document(self._uuid("alarm", event.number, "bundle"), note, about), event.device, lane)

    def _handling(self, word: str, event: Handled) -> Composed:
        said_at = self._said(event.at)
        about = self._alert_entries(event.alert)
        patient_reference = about[0].resource["patient"]
        name = ("handling", _alert_name(event.alert), word, fhir_time(event.at))
        author = operator(self.sender, event.by)
        note = Note(
            uuid=self._uuid(*name, "note"),
            subject=patient_reference,
            author=author,
            said_at=said_at,
            title=_FOLLOW_UP_TITLE,
            category=NoteCategory.SAFETY,
            steps=event.steps,
            sections=event.sections,
        )
        about += self._talk_entries(event, name, said_at, patient_reference, author)
        device = event.alert.device if isinstance(event.alert, AlertRaised) else _HANDLING_DEVICE
        return Composed(document(self._uuid(*name, "bundle"), note, about), device, lane_of(patient_reference))

    def _alert_entries(self, alert: Alert) -> list[Entry]:
        if isinstance(alert, ForwardedAlert):
            url = alert.own_url or f"urn:uuid:{self._uuid('forwarded', alert.name)}"
            return [Entry(url, dict(alert.issue)), *(Entry(u, dict(r)) for u, r in alert.entries)]
        issue = resources.detected_issue(alert, self.sender, alert.at)
        return [self._issue_entry(alert, issue), self._device_entry(alert.device, alert.device_name)]

    def _talk_entries(
        self, event: Handled, name: tuple[str, ...], said_at: datetime, about: Json, author: Json
    ) -> list[Entry]:
        talk = next((s for s in event.steps if s.code is StepCode.TALK), None)
        if event.talk is None or talk is None:
            return []
        uuid = self._uuid(*name, "encounter")
        encounter = resources.virtual_encounter(
            uuid,
            said_at=said_at,
            about=about,
            mode=event.talk,
            reason=SupervisionReason.BY_EVENT,
            who=author,
            lasted=period(talk.at, talk.until),
        )
        return [Entry(f"urn:uuid:{uuid}", encounter)]

    def _dispense(self, event: DispenseGiven) -> Composed:
        uuid = self._uuid("dispense", *_name(event))
        resource = resources.medication_dispense(event, self.sender, uuid, self._said(event.at))
        return Composed(resource, event.device, lane_of(resource["subject"]))

    def _supervision(self, event: SupervisionDone) -> Composed:
        said_at = self._said(event.until)
        uuid = self._uuid("supervision", *_name(event))
        encounter = resources.encounter(event, self.sender, uuid, said_at)
        lane = lane_of(encounter["subject"])
        if not says_something(event.note) and "Encounter" in self.takes:
            return Composed(encounter, event.device, lane)
        note = Note(
            uuid=self._uuid("supervision", *_name(event), "note"),
            subject=encounter["subject"],
            author=encounter["participant"][0]["individual"],
            said_at=said_at,
            title="Digitalt tilsyn",
            category=NoteCategory.SAFETY,
            sections=_sections(event.note),
        )
        about = [Entry(f"urn:uuid:{uuid}", encounter), self._device_entry(event.device, event.device_name)]
        bundle = document(self._uuid("supervision", *_name(event), "bundle"), note, about)
        return Composed(bundle, event.device, lane)

    def _measurement(self, event: MeasurementTaken) -> Composed:
        if not event.measurements:
            raise ValueError("a measurement of nothing")
        said_at = self._said(event.at)
        device = device_reference(self.sender, event.device, event.device_name)
        about: list[Entry] = []
        for position, measured in enumerate(event.measurements):
            uuid = self._uuid("measurement", *_name(event), measured.kind.name, str(position))
            resource = resources.observation(
                measured, uuid, patient=event.patient, device=device, at=event.at, said_at=said_at
            )
            about.append(Entry(f"urn:uuid:{uuid}", resource))
        lane = lane_of(subject(event.patient))
        if len(about) == 1 and not says_something(event.note) and "Observation" in self.takes:
            return Composed(about[0].resource, event.device, lane)
        note = Note(
            uuid=self._uuid("measurement", *_name(event), "note"),
            subject=subject(event.patient),
            author=operator(self.sender, event.by) if event.by else device,
            said_at=said_at,
            title="Måling hjemme",
            category=NoteCategory.REMOTE_MONITORING,
            sections=_sections(event.note),
        )
        return Composed(document(self._uuid("measurement", *_name(event), "bundle"), note, about), event.device, lane)

    def _issue_entry(self, alert: AlertRaised, issue: Json) -> Entry:
        return Entry(f"urn:uuid:{self._uuid('alarm', alert.number)}", issue)

    def _device_entry(self, device: str, name: str | None) -> Entry:
        uuid = self._uuid("device", device)
        return Entry(f"urn:uuid:{uuid}", resources.device(self.sender, device, name))


def _name(event: DispenseGiven | SupervisionDone | MeasurementTaken) -> tuple[str, ...]:
    if event.number is not None:
        return ("number", event.number)
    return ("at", event.patient.system, event.patient.value, event.device, fhir_time(event.at))


def _alert_name(alert: Alert) -> str:
    return alert.number if isinstance(alert, AlertRaised) else alert.name


def _sections(note: str | None) -> tuple[Section, ...]:
    return (Section(text=note),) if note and says_something(note) else ()


def _in_error(resource: Json, spared: frozenset[str]) -> Json:
    """The same message marked as entered in error, but for the types `spared` (R4 knows no deletion of a record)."""
    if resource["resourceType"] == "Bundle":
        entries = [e | {"resource": _in_error(e["resource"], spared)} for e in resource["entry"]]
        return resource | {"entry": entries}
    return resource if resource["resourceType"] in spared else resource | {"status": "entered-in-error"}
