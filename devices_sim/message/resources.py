"""The single resources: DetectedIssue, MedicationDispense, Encounter, Device and the people that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices_sim.message import vocabulary as v
from devices_sim.message.vocabulary import Json, coded, profile
from hub.model.person import IDENTITY_NUMBER

if TYPE_CHECKING:
    from devices_sim.happening import Alert, Dispense, Happening, Supervision
    from devices_sim.resident import Resident

_FHIR_SEVERITY = {0: "low", 10: "low", 20: "moderate", 30: "high", 40: "high"}
_DETECTED_ISSUE = profile("DetectedIssue")
_DISPENSE = profile("MedicationDispense")
_ENCOUNTER = profile("Encounter")


def urn(uuid: str) -> Json:
    """An identifier of the kind that the profiles fix: a UUID as a URN."""
    return {"system": v.URI, "value": f"urn:uuid:{uuid}"}


def patient(resident: Resident) -> Json:
    """A reference to the patient by identity number."""
    return {
        "type": "Patient",
        "identifier": {"system": IDENTITY_NUMBER, "value": resident.identity},
        "display": resident.name,
    }


def device_reference(happening: Happening) -> Json:
    """A reference to the equipment by serial number."""
    kit = happening.kit
    return {
        "type": "Device",
        "identifier": {"system": v.DEVICE_NUMBER, "value": kit.id},
        "display": kit.device.title,
    }


def detected_issue(happening: Happening, alert: Alert, uuid: str | None) -> Json:
    """The alert as the device or its front system states it. Without `uuid` it has no identifier of its own."""
    level = alert.severity
    issue: Json = {"resourceType": "DetectedIssue", "meta": _DETECTED_ISSUE}
    if level:
        severity = coded(v.SEVERITY, str(level), v.SEVERITY_NAMES[str(level)])
        issue["extension"] = [{"url": v.SEVERITY_EXTENSION, "valueCodeableConcept": severity}]
    if uuid is not None:
        issue["identifier"] = [urn(uuid)]
    issue["status"] = "final"
    issue["code"] = coded(v.ALERT, alert.code, v.ALERT_NAMES[alert.code])
    if level:
        issue["severity"] = _FHIR_SEVERITY[level]
    issue["patient"] = patient(happening.resident)
    issue["identifiedDateTime"] = happening.stated()
    issue["author"] = device_reference(happening)
    if alert.place:
        issue["detail"] = f"Sted: {alert.place}"
    return issue


def medication_dispense(happening: Happening, dispense: Dispense, uuid: str) -> Json:
    """A dose that was handed over. The medicine itself is in the EPJ's list: multidose, named by its time."""
    return {
        "resourceType": "MedicationDispense",
        "meta": _DISPENSE,
        "identifier": [urn(uuid)],
        "status": "completed",
        "category": coded(v.DISPENSE_EVENT, dispense.code, v.DISPENSE_NAMES[dispense.code]),
        "medicationCodeableConcept": {"text": f"Multidose, {dispense.dose}"},
        "subject": patient(happening.resident),
        "performer": [{"actor": device_reference(happening)}],
        "whenHandedOver": happening.stated(),
    }


def encounter(happening: Happening, supervision: Supervision, uuid: str) -> Json:
    """A look-in by camera, sound or two-way speech."""
    return {
        "resourceType": "Encounter",
        "meta": _ENCOUNTER,
        "identifier": [urn(uuid)],
        "status": "finished",
        "class": {"system": v.ACT_CODE, "code": "VR", "display": "virtual"},
        "subject": patient(happening.resident),
        "participant": [
            {
                "type": [coded(v.ENCOUNTER_MODE, supervision.mode, v.MODE_NAMES[supervision.mode])],
                "individual": device_reference(happening),
            }
        ],
        "period": {"start": happening.stated(), "end": happening.stated(supervision.lasted_s)},
        "reasonCode": [coded(v.ENCOUNTER_REASON, supervision.reason, v.REASON_NAMES[supervision.reason])],
    }


def device(happening: Happening) -> Json:
    """The equipment as a resource of its own, for the entries of a Bundle."""
    kit = happening.kit
    return {
        "resourceType": "Device",
        "identifier": [{"system": v.DEVICE_NUMBER, "value": kit.id}],
        "status": "active",
        "manufacturer": kit.maker,
        "deviceName": [{"name": kit.device.title, "type": "user-friendly-name"}],
    }
