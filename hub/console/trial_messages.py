"""Messages for trying the hub: what a device would send now about one of VKP's listed test persons. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from hub.fhir.codes import ALERT_CODE, LOINC, UCUM, name_of
from hub.model.clock import OSLO
from hub.model.person import IDENTITY_NUMBER, LISTED_TEST_PERSONS

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Press:
    """What is pressed: by whom, when, and the name (a UUID) that the message gets."""

    patient: str
    at: datetime
    uuid: str

    @property
    def person(self) -> Json:
        """The reference to the patient, by identifier."""
        return {
            "identifier": {"system": IDENTITY_NUMBER, "value": self.patient},
            "display": LISTED_TEST_PERSONS.get(self.patient, "Testperson"),
        }

    @property
    def names(self) -> list[Json]:
        """The message's own identifier."""
        return [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{self.uuid}"}]


@dataclass(frozen=True, slots=True)
class Trial:
    """Something to press: the device that sends, and how its message is made."""

    device: str
    make: Callable[[Press], Json]


def _written(at: datetime) -> str:
    return at.astimezone(OSLO).isoformat(timespec="seconds")


def _alert(code: str) -> Callable[[Press], Json]:
    def make(press: Press) -> Json:
        coding = {"system": ALERT_CODE, "code": code, "display": name_of(ALERT_CODE, code)}
        return {
            "resourceType": "DetectedIssue",
            "identifier": press.names,
            "status": "final",
            "code": {"coding": [coding]},
            "patient": press.person,
            "identifiedDateTime": _written(press.at),
        }

    return make


def _blood_pressure(press: Press) -> Json:
    return {
        "resourceType": "Observation",
        "identifier": press.names,
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "vital-signs",
                        "display": "Vital Signs",
                    }
                ]
            }
        ],
        "code": {"coding": [{"system": LOINC, "code": "85354-9"}], "text": "Blodtrykk"},
        "subject": press.person,
        "effectiveDateTime": _written(press.at),
        "component": [_pressure("8480-6", "Overtrykk", 142), _pressure("8462-4", "Undertrykk", 84)],
    }


def _pressure(code: str, name: str, value: int) -> Json:
    quantity = {"value": value, "unit": "mm[Hg]", "system": UCUM, "code": "mm[Hg]"}
    return {"code": {"coding": [{"system": LOINC, "code": code}], "text": name}, "valueQuantity": quantity}


TRIALS: Mapping[str, Trial] = {
    "safety_alarm": Trial("trygghetsalarm-prove", _alert("3")),
    "fall": Trial("fallsensor-prove", _alert("4.1")),
    "left_bed": Trial("sengesensor-prove", _alert("4.2")),
    "fire": Trial("roykvarsler-prove", _alert("4.11")),
    "medication": Trial("dispenser-prove", _alert("1.1")),
    "blood_pressure": Trial("blodtrykk-prove", _blood_pressure),
}


def trial_message(name: str, press: Press) -> bytes:
    """The message of `TRIALS[name]`."""
    return orjson.dumps(TRIALS[name].make(press), option=orjson.OPT_INDENT_2)
