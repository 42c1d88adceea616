"""Dates and times: their form, whether they exist, and whether they can be believed."""

from __future__ import annotations

import re
from datetime import datetime

from hub.fhir.drafts import Check, Context, Draft, Drafts, mistyped, shown
from hub.model.clock import OSLO

_WHOLE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-4]):\d\d)", re.ASCII)
_LOOSE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-](?:0\d|1[0-4]):\d\d)?", re.ASCII)
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?", re.ASCII)
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?", re.ASCII)


def date(value: object, context: Context) -> Drafts:
    """A `date`: year, month or day, and it must exist."""
    if type(value) is not str:
        return [mistyped(value, "date")]
    if not value or value.isspace():
        return [Draft("empty", "r4-empty")]
    if _DATE.fullmatch(value) and _day(value) is not None:
        return None
    return [Draft("time", "time-impossible", found=_shown(value), expected="ÅÅÅÅ, ÅÅÅÅ-MM eller ÅÅÅÅ-MM-DD")]


def clock_time(value: object, context: Context) -> Drafts:
    """A `time` of day."""
    if type(value) is not str:
        return [mistyped(value, "time")]
    if not value or value.isspace():
        return [Draft("empty", "r4-empty")]
    return None if _CLOCK.fullmatch(value) else [Draft("time", "time-impossible", expected="TT:MM:SS")]


def _moment(name: str, *, date_is_enough: bool, believable: bool) -> Check:
    def check(value: object, context: Context) -> Drafts:
        if type(value) is not str:
            return [mistyped(value, name)]
        if _WHOLE.fullmatch(value):
            moment = _read(value)
            if moment is not None:
                return _believed(moment, context) if believable else None
        elif date_is_enough and _DATE.fullmatch(value):
            moment = _day(value)
            if moment is not None:
                return _believed(moment, context) if believable else None
        return _doubtful(value, context, believable)

    return check


#: The checks by type; `…@time` are those that must be believable.
CHECKS: dict[str, Check] = {
    "date": date,
    "time": clock_time,
    "dateTime": _moment("dateTime", date_is_enough=True, believable=False),
    "instant": _moment("instant", date_is_enough=False, believable=False),
    "dateTime@time": _moment("dateTime", date_is_enough=True, believable=True),
    "instant@time": _moment("instant", date_is_enough=False, believable=True),
}


def _doubtful(value: str, context: Context, believable: bool) -> Drafts:
    if not value or value.isspace():
        return [Draft("empty", "r4-empty")]
    parts = _LOOSE.fullmatch(value)
    moment = _read(parts[1] + (parts[2] or ":00") + (parts[3] or "")) if parts else None
    if parts is None or moment is None:
        return [Draft("time", "time-impossible", found=_shown(value), expected="ÅÅÅÅ-MM-DDTTT:MM:SS+TT:MM")]
    drafts = [] if parts[3] else [Draft("time-local", "time-without-offset", found=_shown(value))]
    drafts += [] if parts[2] else [Draft("time-seconds", "time-without-seconds", found=_shown(value))]
    return [*drafts, *((_believed(moment, context) if believable else None) or ())]


def _believed(moment: datetime, context: Context) -> Drafts:
    if context.earliest <= moment <= context.latest:
        if context.old or moment >= context.old_before:
            return None
        context.old = True
        return [Draft("time-old", "time-old", found=f"{moment:%Y-%m-%d}")]
    expected = f"2000-01-01 til {context.latest:%Y-%m-%d}"
    return [Draft("time-absurd", "time-absurd", found=_year(moment), expected=expected)]


def _year(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")


def _read(text: str) -> datetime | None:
    if text[17:19] == "60":  # a leap second is the second after
        text = text[:17] + "59" + text[19:]
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=OSLO)
    except (ValueError, OverflowError):
        return None


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat((text + "-01-01")[:10]).replace(tzinfo=OSLO)
    except ValueError:
        return None


def _shown(value: str) -> str:
    return value if len(value) <= 40 and re.fullmatch(r"[\dT:.Z+\-]+", value, re.ASCII) else shown(value)
