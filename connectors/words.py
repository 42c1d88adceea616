"""What can be said to the hub, in the field's words. Each becomes one FHIR message (`connectors.composing`).

Times are aware datetimes of any zone. `number` is the event's number in your own series: the same number and
the same words are the same event, however often they are told. Where it may be left out, patient, device and
time make the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.codes import (
    AlertCode,
    DispenseKind,
    SectionCode,
    Severity,
    StepCode,
    SupervisionMode,
    SupervisionReason,
)
from connectors.forwarded import ForwardedAlert
from connectors.measurements import Measurement
from hub.model.person import D_NUMBER, HELP_NUMBER, IDENTITY_NUMBER, PatientRef


def patient(number: str) -> PatientRef:
    """The patient with this national number: identity number, D-number or common help number, told by its digits.

    For the EPJ's own numbers use `PatientRef(system, value)`. Raises ValueError on what has not eleven digits.
    """
    if len(number) != 11 or not (number.isascii() and number.isdigit()):
        raise ValueError("a national number has eleven digits")
    system = HELP_NUMBER if number[0] in "89" else D_NUMBER if number[0] in "4567" else IDENTITY_NUMBER
    return PatientRef(system, number)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised:
    """An alert from equipment. `number` names the case: what is done about it refers to this alert."""

    patient: PatientRef
    device: str
    number: str
    at: datetime
    code: AlertCode
    severity: Severity = Severity.NOT_REPORTED
    text: str | None = None
    device_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyAlarmRaised(AlertRaised):
    """Somebody pressed a safety alarm."""

    code: AlertCode = AlertCode.SAFETY_ALARM
    severity: Severity = Severity.SERIOUS


@dataclass(frozen=True, slots=True, kw_only=True)
class DispenseMissed(AlertRaised):
    """A dose was not taken out of the dispenser; `code` says more where more is known."""

    code: AlertCode = AlertCode.DOSE_NOT_DISPENSED
    severity: Severity = Severity.MODERATE


Alert = AlertRaised | ForwardedAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step in the handling of an alert, in words where there are any."""

    code: StepCode
    at: datetime
    until: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a note."""

    text: str
    code: SectionCode = SectionCode.FOLLOW_UP


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What was done about `alert`, said at `at` by the user `by` (a user id of yours, never an identity number).

    The general form of the words below; `talk` is the way of a talk or look-in during the first step of code TALK.
    """

    alert: Alert
    at: datetime
    by: str
    steps: tuple[Step, ...] = ()
    sections: tuple[Section, ...] = ()
    talk: SupervisionMode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """Somebody began to look at the alert (hendelse behandles). This is no acknowledgement yet."""

    alert: Alert
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Somebody took the responsibility for the alert (hendelse kvittert)."""

    alert: Alert
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Talked:
    """Somebody talked with the patient, or looked in, because of the alert."""

    alert: Alert
    at: datetime
    until: datetime
    by: str
    text: str | None = None
    mode: SupervisionMode = SupervisionMode.TWO_WAY_SPEECH


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledOut:
    """The alert was handed to those who go there; `to` is their name (til utrykning)."""

    alert: Alert
    at: datetime
    by: str
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutAccepted:
    """Those who go there have taken the responsibility (ok utrykning)."""

    alert: Alert
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The case is closed with a note; `cause` and `action` are short, where they are known.

    `acknowledged_at` is for products that tell of an alert only when it is closed.
    """

    alert: Alert
    at: datetime
    by: str
    note: str
    cause: str | None = None
    action: str | None = None
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DispenseGiven:
    """Medication was taken out of a dispenser. `medication` is words for what it was, such as "Multidose, morgen"."""

    patient: PatientRef
    device: str
    at: datetime
    medication: str = "Multidose"
    kind: DispenseKind = DispenseKind.GIVEN
    number: str | None = None
    device_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionDone:
    """Somebody looked in on a patient from afar, as planned or because of an event."""

    patient: PatientRef
    device: str
    at: datetime
    until: datetime
    by: str | None = None
    mode: SupervisionMode = SupervisionMode.CAMERA
    reason: SupervisionReason = SupervisionReason.PLANNED
    note: str | None = None
    number: str | None = None
    device_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementTaken:
    """One or more measurements taken at the same time, with a note where somebody wrote one."""

    patient: PatientRef
    device: str
    at: datetime
    measurements: tuple[Measurement, ...]
    by: str | None = None
    note: str | None = None
    number: str | None = None
    device_name: str | None = None


Handling = Handled | TakenUp | Acknowledged | Talked | CalledOut | CallOutAccepted | Closed
Happening = AlertRaised | Handling | DispenseGiven | SupervisionDone | MeasurementTaken


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """`event` as it should have been told; `at` is when the correction was made and must be later than before."""

    event: Happening
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Retracted:
    """`event` never happened, or not to this patient; told at `at`. It stays in the record, marked as an error."""

    event: Happening
    at: datetime


Event = Happening | Corrected | Retracted
