"""The hub's own small vocabularies: services, kinds of event, routes, receipts."""

from __future__ import annotations

from enum import StrEnum


class ServiceCode(StrEnum):
    """VKP's service codes, and `annet` for what no table maps."""

    RESPONSE = "rt"
    SAFETY_ALARM = "ta"
    LOCATION = "gps"
    MEDICATION = "md"
    DIGITAL_SUPERVISION = "dt"
    REMOTE_MONITORING = "dho"
    OTHER = "annet"


SERVICE_NAMES = {
    ServiceCode.RESPONSE: "Responstjeneste",
    ServiceCode.SAFETY_ALARM: "Trygghetsalarm",
    ServiceCode.LOCATION: "Lokaliseringsteknologi",
    ServiceCode.MEDICATION: "Medisindispenser",
    ServiceCode.DIGITAL_SUPERVISION: "Digitalt tilsyn",
    ServiceCode.REMOTE_MONITORING: "Digital hjemmeoppfølging",
    ServiceCode.OTHER: "Annet",
}


class EventKind(StrEnum):
    """What a case is about; decides its route."""

    ALERT = "alert"
    DISPENSE = "dispense"
    SUPERVISION = "supervision"
    MEASUREMENT = "measurement"
    NOTE = "note"


class Route(StrEnum):
    """Where a kind of event goes."""

    EPJ = "epj"
    RESPONSE_CENTRE = "response_centre"
    EPJ_WHEN_FOLLOWED_UP = "epj_when_followed_up"
    NONE = "none"


class ReceiptCode(StrEnum):
    """What became of a message: the hub's own code in `OperationOutcome.issue.details`."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    AMENDED = "amended"
    CONFLICT = "conflict"
    REJECTED = "rejected"


RECEIPT_SYSTEM = "urn:knutepunkt:receipt"
NOTE_KEY_SYSTEM = "urn:knutepunkt:journal-note"
