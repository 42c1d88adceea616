"""What a device says, before it is FHIR: an alert, a dispense, a reading or a supervision, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from devices_sim.localday import stated

if TYPE_CHECKING:
    from devices_sim.resident import Kit, Resident

#: A level of VKP's severity table: 0, 10, 20, 30 or 40.
Severity = int


@dataclass(slots=True)
class Alert:
    """An alert: `code` of the VKP alert table, severity level of VKP's, and what really lies behind it.

    `cause` is known to the simulator (and found out by the response centre), not to the device. `named` is
    whether the sender gives the alert an identifier of its own.
    """

    code: str
    severity: Severity
    cause: str
    place: str | None = None
    named: bool = True


@dataclass(slots=True)
class Dispense:
    """Medication handed over: `code` of medicationdispense-events, and the dose's name."""

    code: str
    dose: str


@dataclass(slots=True)
class Reading:
    """A measurement: `measure` is a key of `devices_sim.message.observation.MEASURES`, values in its units."""

    measure: str
    values: tuple[float, ...]


@dataclass(slots=True)
class Supervision:
    """A planned or event-driven look-in: `mode` of encounter-mode, `reason` of encounter-reason, seconds."""

    mode: str
    reason: str
    lasted_s: int
    note: str | None = None


@dataclass(slots=True)
class Report:
    """A remote follow-up report: alert of group 5, a nurse's note, readings and answered questions."""

    code: str
    severity: Severity
    note: str
    readings: tuple[Reading, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Status:
    """A device's state, also as its last will: battery in per cent, seconds until the next is due."""

    state: Literal["online", "offline", "low_battery"]
    battery: int
    next_within_s: int | None


What = Alert | Dispense | Reading | Supervision | Report | Status


@dataclass(slots=True)
class Happening:
    """`what` a resident's kit says at `at` (true time, seconds since 1970) and sends `delay_s` later.

    `salt` seeds everything that the message needs besides (identifiers), so that it can be written at any
    time and in any order with the same result. `clock_error_s` is how far ahead the kit's clock is at that time.
    """

    at: int
    resident: Resident
    kit: Kit
    what: What
    salt: int
    delay_s: int = 2
    clock_error_s: int = 0

    @property
    def sent_at(self) -> int:
        """When the message reaches the broker, in seconds since 1970."""
        return self.at + self.delay_s

    def stated(self, after_s: int = 0) -> str:
        """The time of the event by the kit's own clock, in its own way of writing; or `after_s` later."""
        return stated(self.at + self.clock_error_s + after_s, self.kit.time_style)
