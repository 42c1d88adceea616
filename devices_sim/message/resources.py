"""The single resources as JSON text: DetectedIssue, MedicationDispense, Encounter, Device, and whom they name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from devices_sim.message import vocabulary as v
from devices_sim.message.template import JSON, SLOT, Json, Template, quoted
from devices_sim.message.vocabulary import coded, profile
from hub.model.person import IDENTITY_NUMBER

if TYPE_CHECKING:
    from devices_sim.happening import Alert, Dispense, Happening, Supervision
    from devices_sim.resident import Resident

_FHIR_SEVERITY = {10: "low", 20: "moderate", 30: "high", 40: "high"}

#: An identifier of the kind that the profiles fix: a UUID as a URN. One slot.
URN = {"system": v.URI, "value": f"urn:uuid:{SLOT}"}
#: A reference to the patient by identity number. Slots: number, name.
PATIENT = {
    "type": "Patient",
    "identifier": {"system": IDENTITY_NUMBER, "value": SLOT},
    "display": SLOT,
}
#: A reference to equipment by serial number. Slots: number, what it is called.
DEVICE_REFERENCE = {
    "type": "Device",
    "identifier": {"system": v.DEVICE_NUMBER, "value": SLOT},
    "display": SLOT,
}


def patient(resident: Resident) -> tuple[str, str]:
    """What goes into `PATIENT`'s slots."""
    return resident.identity, quoted(resident.name)


def device_reference(happening: Happening) -> tuple[str, str]:
    """What goes into `DEVICE_REFERENCE`'s slots."""
    kit = happening.kit
    return kit.id, quoted(kit.device.title)


def detected_issue(happening: Happening, alert: Alert, uuid: str | None) -> str:
    """The alert as the device or its front system states it. Without `uuid` it has no identifier of its own."""
    place = alert.place
    template = _issue(alert.code, alert.severity, uuid is not None, bool(place))
    first = () if uuid is None else (uuid,)
    last = (quoted(place),) if place else ()
    return template.fill(*first, *patient(happening.resident), happening.stated(), *device_reference(happening), *last)


@cache
def _issue(code: str, level: int, is_named: bool, is_placed: bool) -> Template:  # a cache's key
    issue: Json = {"resourceType": "DetectedIssue", "meta": profile("DetectedIssue")}
    if level:
        severity = coded(v.SEVERITY, str(level), v.SEVERITY_NAMES[str(level)])
        issue["extension"] = [{"url": v.SEVERITY_EXTENSION, "valueCodeableConcept": severity}]
    if is_named:
        issue["identifier"] = [URN]
    issue |= {"status": "final", "code": coded(v.ALERT, code, v.ALERT_NAMES[code])}
    if level:
        issue["severity"] = _FHIR_SEVERITY[level]
    issue |= {"patient": PATIENT, "identifiedDateTime": SLOT, "author": DEVICE_REFERENCE}
    if is_placed:
        issue["detail"] = f"Sted: {SLOT}"
    return Template(issue)


def medication_dispense(happening: Happening, dispense: Dispense, uuid: str) -> str:
    """A dose that was handed over. The medicine itself is in the EPJ's list: multidose, named by its time."""
    values = (*patient(happening.resident), *device_reference(happening), happening.stated())
    return _dispense(dispense.code, dispense.dose).fill(uuid, *values)


@cache
def _dispense(code: str, dose: str) -> Template:
    return Template(
        {
            "resourceType": "MedicationDispense",
            "meta": profile("MedicationDispense"),
            "identifier": [URN],
            "status": "completed",
            "category": coded(v.DISPENSE_EVENT, code, v.DISPENSE_NAMES[code]),
            "medicationCodeableConcept": {"text": f"Multidose, {dose}"},
            "subject": PATIENT,
            "performer": [{"actor": DEVICE_REFERENCE}],
            "whenHandedOver": SLOT,
        }
    )


def encounter(happening: Happening, supervision: Supervision, uuid: str) -> str:
    """A look-in by camera, sound or two-way speech, by the device's own clock."""
    individual = _REFERENCE.fill(*device_reference(happening))
    return look_in(happening, supervision, uuid, individual, happening.stated(), happening.stated(supervision.lasted_s))


def look_in(happening: Happening, supervision: Supervision, uuid: str, individual: str, start: str, end: str) -> str:
    """A look-in by `individual` (a Reference, as JSON) from one written time to another."""
    template = _encounter(supervision.mode, supervision.reason)
    return template.fill(uuid, *patient(happening.resident), individual, start, end)


_REFERENCE = Template(DEVICE_REFERENCE)


@cache
def _encounter(mode: str, reason: str) -> Template:
    return Template(
        {
            "resourceType": "Encounter",
            "meta": profile("Encounter"),
            "identifier": [URN],
            "status": "finished",
            "class": {"system": v.ACT_CODE, "code": "VR", "display": "virtual"},
            "subject": PATIENT,
            "participant": [{"type": [coded(v.ENCOUNTER_MODE, mode, v.MODE_NAMES[mode])], "individual": JSON}],
            "period": {"start": SLOT, "end": SLOT},
            "reasonCode": [coded(v.ENCOUNTER_REASON, reason, v.REASON_NAMES[reason])],
        }
    )


_DEVICE = Template(
    {
        "resourceType": "Device",
        "identifier": [{"system": v.DEVICE_NUMBER, "value": SLOT}],
        "status": "active",
        "manufacturer": SLOT,
        "deviceName": [{"name": SLOT, "type": "user-friendly-name"}],
    }
)


def device(happening: Happening) -> str:
    """The equipment as a resource of its own, for the entries of a Bundle."""
    kit = happening.kit
    return _DEVICE.fill(kit.id, quoted(kit.maker), quoted(kit.device.title))
