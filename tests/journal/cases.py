"""Cases for the tests of the journal note, from messages as senders write them. All people are synthetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from hub.journal import compose
from hub.model.case import CaseHistory, CaseMessage
from hub.model.codes import EventKind, ServiceCode
from hub.model.note import JournalNote
from hub.model.person import IDENTITY_NUMBER, PatientRef
from tests import messages

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LINE = PatientRef(IDENTITY_NUMBER, messages.LINE)
VKP = "http://ehelse.no/fhir/CodeSystem/vkp-{}-v090"


def message(number: int, content: Any, *, sender: str = messages.SENDER, **more: Any) -> CaseMessage:
    """The message, registered `number` times ten minutes after the event."""
    raw = content if isinstance(content, bytes) else orjson.dumps(content)
    kind = content.get("resourceType", "?") if isinstance(content, dict) else "Bundle"
    at = AT + timedelta(minutes=10 * number)
    return CaseMessage(number, sender, str(kind), raw, **{"registered_at": at, "said_at": at, "occurred_at": AT} | more)


def case(*contents: Any, kind: EventKind = EventKind.ALERT, service: ServiceCode | None = None, **more: Any) -> Any:
    """A case of these messages; what is no message yet becomes one, in order."""
    found = [c if isinstance(c, CaseMessage) else message(i, c) for i, c in enumerate(contents, 1)]
    services = {
        EventKind.ALERT: ServiceCode.SAFETY_ALARM,
        EventKind.DISPENSE: ServiceCode.MEDICATION,
        EventKind.SUPERVISION: ServiceCode.DIGITAL_SUPERVISION,
        EventKind.MEASUREMENT: ServiceCode.REMOTE_MONITORING,
        EventKind.NOTE: ServiceCode.RESPONSE,
    }
    return CaseHistory(
        key="sak-1",
        municipality=messages.MUNICIPALITY,
        patient=more.pop("patient", LINE),
        kind=kind,
        service_code=service or services[kind],
        occurred_at=AT,
        opened_at=AT + timedelta(minutes=10),
        messages=tuple(found),
        **more,
    )


def note(*contents: Any, **more: Any) -> JournalNote:
    """The note of such a case."""
    return compose(case(*contents, **more))


def lines(found: JournalNote, heading: str) -> tuple[str, ...]:
    """The lines under a heading; none when it is not there."""
    return next((s.lines for s in found.sections if s.heading == heading), ())


def coded(table: str, code: str, **more: str) -> dict[str, Any]:
    """A CodeableConcept with one of VKP's codes."""
    text = {"text": more.pop("text")} if "text" in more else {}
    return {"coding": [{"system": VKP.format(table), "code": code, **more}], **text}


def encounter(**more: Any) -> dict[str, Any]:
    """A call after an alarm, or a supervision."""
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "VR", "display": "virtual"},
        "subject": messages.person(),
        "participant": [{"type": [coded("encounter-mode", "2")], "individual": {"display": "Kari Operatør"}}],
        "period": {"start": "2026-11-23T10:02:00+01:00", "end": "2026-11-23T10:04:30+01:00"},
        "reasonCode": [coded("encounter-reason", "2")],
    } | more


def dispense(**more: Any) -> dict[str, Any]:
    """A dose that was handed over."""
    return {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "category": coded("medicationdispense-events", "1.1"),
        "medicationCodeableConcept": {"text": "Multidose, morgen"},
        "subject": messages.person(),
        "performer": [{"actor": {"display": "Dispenser 4", "identifier": {"system": "urn:acme", "value": "D4"}}}],
        "whenHandedOver": "2026-11-23T08:00:10+01:00",
    } | more


def blood_pressure(**more: Any) -> dict[str, Any]:
    """Blood pressure with its two components."""

    def part(code: str, value: object) -> dict[str, Any]:
        quantity = {"value": value, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
        return {"code": {"coding": [{"system": "http://snomed.info/sct", "code": code}]}, "valueQuantity": quantity}

    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "75367002"}]},
        "subject": messages.person(),
        "effectiveDateTime": "2026-11-23T07:58:10+01:00",
        "component": [part("271649006", 142), part("271650006", 82)],
    } | more
