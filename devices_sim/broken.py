"""Messages that are broken on purpose, one way each; all of them must end in quarantine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import orjson

from devices_sim.happening import Alert, Dispense, Reading, What
from devices_sim.message.template import Json
from hub.model.person import IDENTITY_NUMBER


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of being broken: `spoilt` makes it of a sound payload; `path` is the FHIRPath of what is wrong."""

    name: str
    path: str | None
    device: str
    what: What
    spoilt: Callable[[bytes], bytes]


def _cut(payload: bytes) -> bytes:
    return payload[: len(payload) * 2 // 3]


def _edited(edit: Callable[[Json], None]) -> Callable[[bytes], bytes]:
    def spoilt(payload: bytes) -> bytes:
        resource: Json = orjson.loads(payload)
        edit(resource)
        return orjson.dumps(resource)

    return spoilt


def _without_code(resource: Json) -> None:
    del resource["code"]


def _wrong_check_digit(resource: Json) -> None:
    identifier = resource["patient"]["identifier"]
    assert identifier["system"] == IDENTITY_NUMBER
    value = identifier["value"]
    identifier["value"] = f"{value[:10]}{(int(value[10]) + 1) % 10}"


def _unknown_code(resource: Json) -> None:
    resource["code"]["coding"][0] |= {"code": "9.99", "display": "Finnes ikke"}


def _far_future(resource: Json) -> None:
    resource["effectiveDateTime"] = "2087-01-01T00:00:00+01:00"


def _without_performer(resource: Json) -> None:
    del resource["performer"]


_ALARM = Alert("3", 20, "toilet")
FAULTS = {
    fault.name: fault
    for fault in (
        Fault("broken_json", None, "safety_alarm", _ALARM, _cut),
        Fault("missing_element", "DetectedIssue.code", "safety_alarm", _ALARM, _edited(_without_code)),
        Fault(
            "invalid_identity_number",
            "DetectedIssue.patient.identifier.value",
            "safety_alarm",
            _ALARM,
            _edited(_wrong_check_digit),
        ),
        Fault("unknown_code", "DetectedIssue.code", "safety_alarm", _ALARM, _edited(_unknown_code)),
        Fault(
            "absurd_time",
            "Observation.effectiveDateTime",
            "remote_monitoring",
            Reading("pulse", (71.0,)),
            _edited(_far_future),
        ),
        Fault(
            "missing_performer",
            "MedicationDispense.performer",
            "medication_dispenser",
            Dispense("1.1", "kveldsdose"),
            _edited(_without_performer),
        ),
    )
}
