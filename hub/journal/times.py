"""Times as a Norwegian nurse reads them: local time, day first, and a word where the sender left something out."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hub.journal.elements import Element, element, text
from hub.model.clock import OSLO

_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_FAR_PAST = datetime.min.replace(tzinfo=UTC)
_FAR_FUTURE = datetime.max.replace(tzinfo=UTC)


def shown(moment: datetime) -> str:
    """An aware time in Norwegian local time, to the second; in the doubled hour of autumn, which of the two."""
    try:
        t = moment.astimezone(OSLO)
    except (OverflowError, ValueError):
        t = moment
    return f"{t.day:02}.{t.month:02}.{t.year} kl. {t.hour:02}:{t.minute:02}:{t.second:02}{_which_hour(t)}"


def clock(moment: datetime) -> str:
    """An aware time with the time of day first, for use inside a sentence."""
    day, _, time_of_day = shown(moment).partition(" ")
    return f"{time_of_day} den {day}"


def duration(seconds: int) -> str:
    """A limit in words: whole hours, else whole minutes, else seconds."""
    for size, one, many in ((3600, "time", "timer"), (60, "minutt", "minutter")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {one if seconds == size else many}"
    return f"{seconds} sekunder"


def _which_hour(t: datetime) -> str:
    if t.hour != 2 or t.replace(fold=0).utcoffset() == t.replace(fold=1).utcoffset() or t.month < 6:
        return ""
    return " (normaltid)" if t.fold else " (sommertid)"


def instant(value: object) -> datetime | None:
    """A sender's time as an aware time, for putting things in order; without offset it counts as Norwegian."""
    try:
        t = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return t if t.tzinfo else t.replace(tzinfo=OSLO)


def order(value: object, *, fallback: datetime | None = None) -> datetime:
    """Where a sender's time stands in a list: `fallback` when it can't be read, and last without one."""
    moment = instant(value) or fallback or _FAR_FUTURE
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return _FAR_PAST if moment.year == 1 else _FAR_FUTURE


def said(value: object) -> str:
    """A sender's time, shown; marked where it has no offset or no time of day, quoted where it can't be read."""
    sent = text(value)
    if not sent:
        return ""
    if _PARTIAL.fullmatch(sent):
        return f"{'.'.join(reversed(sent.split('-')))} (uten klokkeslett)"
    try:
        t = datetime.fromisoformat(sent)
    except ValueError:
        return f"«{sent}» (tidspunktet kan ikke leses)"
    if t.tzinfo:
        return shown(t)
    return f"{shown(t.replace(tzinfo=OSLO))} (avsender oppga ikke tidssone)"


def span(value: object) -> str:
    """A FHIR Period, shown: from and to, or the one that is given."""
    period: Element = element(value)
    start, end = said(period.get("start")), said(period.get("end"))
    if start and end and start != end:
        return f"{start} til {end}"
    return start or (f"til {end}" if end else "")
