"""Faults in times."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors import Event
from hub.model.clock import OSLO
from tests.conformance.broken import Broken
from tests.conformance.broken.around import Rewired
from tests.conformance.broken.retelling import Altering, Json, Retelling, every, renumbered

_OFFSET = re.compile(r"[+-]\d\d:\d\d$")


class _Retimed(Retelling):
    """Events happen at the time that `moment` makes of theirs."""

    def moment(self, at: datetime) -> datetime:
        return at

    def retold(self, event: Any) -> Event | None:
        told: Event = replace(event, at=self.moment(event.at))
        return told


class NoZones(Rewired):
    """Times are written without their zone."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            for name in ("identifiedDateTime", "timestamp", "date", "whenHandedOver"):
                every(message, name, lambda text: _OFFSET.sub("", text))
            return message


class TimeOfSending(_Retimed):
    """Events happen when they are told."""

    def moment(self, at: datetime) -> datetime:
        return datetime.now(UTC).replace(microsecond=0)


class CorrectsClocks(_Retimed):
    """What happened in the future is put right."""

    def moment(self, at: datetime) -> datetime:
        return min(at, datetime.now(UTC).replace(microsecond=0))


class NormalNights(_Retimed):
    """Times are kept as the clock on the wall shows them: the doubled hour comes once."""

    def moment(self, at: datetime) -> datetime:
        return at.astimezone(OSLO).replace(fold=0)


class WallTimes(_Retimed):
    """The clock of the equipment is read as Norwegian time, whatever its zone says."""

    def moment(self, at: datetime) -> datetime:
        return at.replace(tzinfo=OSLO, fold=1)


class RoundsSeconds(_Retimed):
    """Times are rounded to the nearest second."""

    def moment(self, at: datetime) -> datetime:
        return (at + timedelta(milliseconds=500)).replace(microsecond=0)


class DayOfUtc(_Retimed):
    """The hour is Norwegian, the day is that of UTC."""

    def moment(self, at: datetime) -> datetime:
        there, here = at.astimezone(UTC), at.astimezone(OSLO)
        return here.replace(year=there.year, month=there.month, day=there.day)


class NoLeapDays(_Retimed):
    """February has 28 days."""

    def moment(self, at: datetime) -> datetime:
        return at - timedelta(days=1) if (at.month, at.day) == (2, 29) else at


class TimesAsWritten(Retelling):
    """The number holds the time as it was written."""

    def retold(self, event: Any) -> Event | None:
        told: Event = renumbered(event, lambda number: f"{number}@{event.at.isoformat()}")
        return told


BROKEN = (
    Broken(NoZones, "times without zones", ("messages.times.zone.mqtt",)),
    Broken(TimeOfSending, "the time of sending", ("messages.times.late-event.mqtt",)),
    Broken(CorrectsClocks, "puts clocks right", ("messages.times.fast-clock",)),
    Broken(NormalNights, "the doubled hour once", ("messages.times.doubled-hour.mqtt",)),
    Broken(WallTimes, "takes wall clocks for Norwegian", ("messages.times.missing-hour",)),
    Broken(RoundsSeconds, "rounds to the nearest second", ("messages.times.seconds",)),
    Broken(DayOfUtc, "mixes two zones", ("messages.times.midnight",)),
    Broken(NoLeapDays, "no leap days", ("messages.times.leap-day",)),
    Broken(TimesAsWritten, "numbers by written times", ("messages.times.same-moment.mqtt",)),
)
