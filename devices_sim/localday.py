"""A day of the Norwegian calendar, with the hour that summer time takes or gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from hub.model.clock import OSLO

HOUR = 3600
#: The local second at which the clocks have been changed, on the days on which they are.
CLOCK_CHANGE = 3 * HOUR


class LocalDay:
    """One date in Norway. Seconds of the local day lead to seconds since 1970.

    The last Sunday of March has no time between two and three, the last Sunday of October has it twice; a second
    in that hour is then the one that the clocks would have shown without a change. `shift` is how many seconds longer
    than 24 hours the day is.
    """

    __slots__ = ("date", "end", "number", "shift", "start")

    def __init__(self, day: date) -> None:
        midnight = datetime(day.year, day.month, day.day, tzinfo=OSLO)
        following = day + timedelta(days=1)
        end = datetime(following.year, following.month, following.day, tzinfo=OSLO)
        self.date = day
        self.number = day.toordinal()
        self.start = int(midnight.timestamp())
        self.end = int(end.timestamp())
        self.shift = self.end - self.start - 24 * HOUR

    def at(self, second: int) -> int:
        """Seconds since 1970 of local `second` after midnight; may be negative or beyond the day."""
        return self.start + second + (self.shift if second >= CLOCK_CHANGE else 0)


def days_from(start: datetime, end: datetime) -> Iterator[LocalDay]:
    """Every Norwegian date that has a part between `start` and `end`, in order."""
    day = start.astimezone(OSLO).date()
    last = (end - timedelta(microseconds=1)).astimezone(OSLO).date()
    while day <= last:
        yield LocalDay(day)
        day += timedelta(days=1)


def instant(at: int) -> datetime:
    """Seconds since 1970 as an aware time in UTC."""
    return datetime.fromtimestamp(at, UTC)


def stated(at: int, style: str) -> str:
    """A time as equipment of a `time_style` writes it: in Norwegian or universal time, or to seven decimals."""
    if style == "local":
        return local_text(at)
    if style == "utc":
        return utc_text(at)
    text = local_text(at)
    return f"{text[:19]}.0000000{text[19:]}"


def local_text(at: int) -> str:
    """Seconds since 1970 as FHIR writes them in Norway: `2026-11-23T07:58:00+01:00`."""
    hour, second = divmod(at, HOUR)
    before, after = _local_hour(hour)
    return f"{before}{_CLOCK[second]}{after}"


def utc_text(at: int) -> str:
    """Seconds since 1970 as FHIR writes them in UTC: `2026-11-23T06:58:00Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat()[:19] + "Z"


#: Minutes and seconds of every second of an hour. Offsets are whole hours since 1895, so the hour is the rest.
_CLOCK = tuple(f"{minute:02d}:{second:02d}" for minute in range(60) for second in range(60))


@lru_cache(maxsize=256)
def _local_hour(hour: int) -> tuple[str, str]:
    text = datetime.fromtimestamp(hour * HOUR, OSLO).isoformat()
    return text[:14], text[19:]
