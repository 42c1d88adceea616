"""Times as the console's readers see them: Norwegian local time, in the page's language."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.model.clock import ENGLISH_MONTHS, OSLO


def shown(moment: datetime, language: str) -> str:
    """Date and time to the second."""
    t = moment.astimezone(OSLO)
    if language == "en":
        return f"{t.day} {ENGLISH_MONTHS[t.month - 1]} {t.year}, {t:%H:%M:%S}"
    return f"{t:%d.%m.%Y} kl. {t:%H:%M:%S}"


def time_of_day(moment: datetime) -> str:
    """The time to the second."""
    return f"{moment.astimezone(OSLO):%H:%M:%S}"


def ago(since: timedelta, language: str) -> str:
    """How long a time is, roughly: seconds, minutes, hours or days."""
    seconds = max(int(since.total_seconds()), 0)
    for size, nb, en in ((86_400, "d", "d"), (3_600, "t", "h"), (60, "min", "min")):
        if seconds >= size:
            return f"{seconds // size} {en if language == 'en' else nb}"
    return f"{seconds} s"


def kroner(ore: int, language: str) -> str:
    """An amount of whole øre in kroner with two decimals."""
    text = f"{thousands(abs(ore) // 100, language)}.{abs(ore) % 100:02}"
    return ("-" if ore < 0 else "") + (text.replace(".", ",") if language == "nb" else text)


def thousands(number: int, language: str) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f" if language == "nb" else ",")
