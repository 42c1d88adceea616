"""Keyset paging and times of change, as JFT and PIT have them: `_count`, `_sort`, `_lastUpdated`, `cursor`."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from hub.api.bodies import Parameters
from hub.api.errors import fault
from hub.model.clock import OSLO
from hub.model.times import from_microseconds, microseconds, parse_time

NAMES = ("_count", "_sort", "_lastUpdated", "cursor")
_PREFIXED = re.compile(r"(eq|gt|ge|lt|le|sa|eb)?(\d{4}.*)")
_TIME = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?")
_CURSOR = re.compile(r"([ad])(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many a page has when nobody asks (`usual`), and at the most. Beyond it: a fault where `is_strict`."""

    usual: int
    most: int
    is_strict: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Stamps over `after` and under `before`, as asked for; `count` of them, newest first where `newest_first`."""

    count: int
    newest_first: bool
    after: int | None
    before: int | None


def read_span(given: Parameters, counts: Counts, *, needs_minutes: bool = False) -> Span:
    """What `given` asks for. Raises RejectedMessage (2.4).

    With `needs_minutes`, `_lastUpdated` must have a prefix and be precise to the minute, as in PIT.
    """
    newest_first = _newest_first(given.one("_sort"))
    after, before = _bounds(given.all("_lastUpdated"), needs_minutes=needs_minutes)
    if cursor := given.one("cursor"):
        place = _place(cursor, newest_first=newest_first)
        if newest_first:
            before = place if before is None else min(before, place)
        else:
            after = place if after is None else max(after, place)
    return Span(_count(given.one("_count"), counts), newest_first, after, before)


def _newest_first(sort: str | None) -> bool:
    if sort not in {None, "_lastUpdated", "-_lastUpdated"}:
        raise fault("2.4", "Sorter med _sort=_lastUpdated eller _sort=-_lastUpdated.", rule="sort-unknown")
    return sort == "-_lastUpdated"


def _count(text: str | None, counts: Counts) -> int:
    if text is None:
        return counts.usual
    number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
    if number < 1 or (counts.is_strict and number > counts.most):
        raise fault("2.4", f"_count må være et heltall fra 1 til {counts.most}.", rule="count-unusable")
    return min(number, counts.most)


def date_bounds(values: Sequence[str]) -> tuple[int | None, int | None]:
    """The exclusive bounds (microseconds since 1970) that search dates such as `ge2026-01-01` set together."""
    return _bounds(values, needs_minutes=False)


def _bounds(values: Sequence[str], *, needs_minutes: bool) -> tuple[int | None, int | None]:
    after: int | None = None
    before: int | None = None
    for value in values:
        low, high = _bound(value, needs_minutes=needs_minutes)
        after = low if after is None else max(after, low if low is not None else after)
        before = high if before is None else min(before, high if high is not None else before)
    return after, before


def _bound(value: str, *, needs_minutes: bool) -> tuple[int | None, int | None]:
    """Exclusive bounds. A time is taken as the instant that it begins at where that can only repeat, never skip."""
    prefix, begins, ends = _prefixed_time(value.replace(" ", "+"), needs_minutes=needs_minutes)
    is_day = ends - begins >= 86_400_000_000
    return {
        "eq": (begins - 1, ends),
        "gt": (ends - 1 if is_day else begins, None),
        "sa": (ends - 1 if is_day else begins, None),
        "ge": (begins - 1, None),
        "lt": (None, begins),
        "eb": (None, begins),
        "le": (None, ends),
    }[prefix]


def _prefixed_time(value: str, *, needs_minutes: bool) -> tuple[str, int, int]:
    found = _PREFIXED.fullmatch(value)
    parts = _TIME.fullmatch(found[2]) if found else None
    begins = parse_time(_normal(found[2])) if found and parts and "0002" <= found[2][:4] <= "9997" else None
    if not found or not parts or begins is None:
        raise fault("2.4", "Oppgi et FHIR-tidspunkt, for eksempel gt2026-01-01T12:00:00Z.", rule="time")
    if needs_minutes and (found[1] not in {"gt", "ge", "lt", "le"} or parts[3] is None):
        text = "_lastUpdated må ha gt, ge, lt eller le foran, og minst minutter, for eksempel ge2026-01-01T12:00Z."
        raise fault("2.4", text, rule="time-precision")
    low = microseconds(begins)
    return found[1] or "eq", low, low + _width(begins, parts)


def _normal(text: str) -> str:
    """The time with seconds and at most six fractional digits, as Python reads it."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text)


def _width(begins: datetime, parts: re.Match[str]) -> int:
    """How long the written time lasts, in microseconds."""
    if parts[5]:
        return int(10 ** max(7 - len(parts[5]), 0))
    if parts[4]:
        return 1_000_000
    if parts[3]:
        return 60_000_000
    local = begins.astimezone(OSLO)
    if parts[2]:
        following = local + timedelta(days=1)
    else:
        months = 1 if parts[1] else 12
        year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
        following = local.replace(year=min(year, 9999), month=month + 1)
    return microseconds(following) - microseconds(begins)


def _place(cursor: str, *, newest_first: bool) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    found = _CURSOR.fullmatch(text)
    if found is None or (found[1] == "d") != newest_first:
        text = "cursor er ikke en som dette søket har gitt. Bruk adressen i lenken «next» som den er."
        raise fault("2.4", text, rule="cursor-unknown")
    return int(found[2])


def cursor_after(stamp: int, span: Span) -> str:
    """The opaque cursor that leads on from `stamp`."""
    text = f"{'d' if span.newest_first else 'a'}{stamp}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def link(relation: str, address: str, parameters: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A link of a searchset."""
    query = urlencode(parameters)
    return {"relation": relation, "url": f"{address}?{query}" if query else address}


def instant(stamp: int) -> str:
    """A stamp as a FHIR instant with all its digits, so that polling by it finds what comes after it."""
    return from_microseconds(stamp).isoformat(timespec="microseconds").replace("+00:00", "Z")
