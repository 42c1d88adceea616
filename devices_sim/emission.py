"""What leaves the simulator: one MQTT message as it is sent, and the truth that it tells of.

Named tuples, since a national day makes a hundred thousand of each and they are quicker to make than frozen
dataclasses; `message._replace(…)` gives a changed copy.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, NamedTuple

from hub.model.codes import EventKind, ServiceCode

if TYPE_CHECKING:
    from devices_sim.happening import Happening

EmissionKind = Literal["event", "status"]
Door = Literal["device", "cloud", "centre"]


class CaseFacts(NamedTuple):
    """What truly happened: one case as the simulator made it, whatever becomes of its messages.

    `patient` is the identity number (synthetic). `occurred_at` is the true time, which a device with a bad clock
    may state otherwise. `phrases` are texts that a right note must contain. `version` is 0 before anybody has
    answered; of the facts that several messages tell of a case, those of the highest version hold in the end.
    `clock_error_s` is how far ahead the device's clock is.
    """

    id: str
    municipality: str
    patient: str
    kind: EventKind
    service_code: ServiceCode
    alert_code: str | None
    occurred_at: datetime
    device: str
    phrases: tuple[str, ...] = ()
    version: int = 0
    clock_error_s: int = 0


class Emission(NamedTuple):
    """One MQTT message as sent: `payload` holds the exact bytes, `at` when it is due (aware, UTC).

    `door` is the device's own connection, its vendor's cloud, or the response centre. `case` is the case that it
    tells of, `identifier` how the message names itself (None where it does not). `answers` holds what tells the
    response centre which alert this follow-up answers: the alert's identifiers, full URLs and SHA-256s in hex; a
    player sends it only once the centre has received one of them. It is empty for all else, also for a follow-up
    that is meant to come before its alert. `repeats` counts earlier sendings of the same bytes.

    `fault` names what is wrong with a message that must end in quarantine, and `fault_path` the element at fault.
    `lost` names the fault that keeps the message from being sent at all. `is_renumbered` marks an event told again
    under new identifiers. `source` is the happening behind a device's message, `salt` seeds what may happen to it.
    """

    at: datetime
    topic: str
    payload: bytes
    retain: bool = False
    kind: EmissionKind = "event"
    door: Door = "device"
    case: CaseFacts | None = None
    identifier: str | None = None
    resource_type: str | None = None
    answers: tuple[str, ...] = ()
    repeats: int = 0
    fault: str | None = None
    fault_path: str | None = None
    lost: str | None = None
    is_renumbered: bool = False
    source: Happening | None = None
    salt: int = 0

    @property
    def sha256(self) -> str:
        """The payload's SHA-256 in hex, as receipts state it."""
        return sha256(self.payload).hexdigest()

    @property
    def municipality(self) -> str:
        """The topic's organisation number."""
        return self.topic.split("/")[1]

    @property
    def sender(self) -> str:
        """The topic's sender."""
        return self.topic.split("/")[2]

    @property
    def device(self) -> str:
        """The topic's device."""
        return self.topic.split("/")[3]

    @property
    def device_type(self) -> str:
        """The name of the device type, or `response_centre`."""
        return self.source.kit.device.name if self.source else "response_centre"

    @property
    def district(self) -> int | None:
        """The part of town where it was sent from, None for the response centre."""
        return self.source.resident.district if self.source else None
