"""How times, patients and ids are written in searches and addresses. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hub.model.person import PatientRef

_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def written(moment: datetime) -> str:
    """An aware time to the second, or to the microsecond where it has any, UTC. Raises ValueError without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time needs a zone")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def as_given(instant: str | datetime) -> str:
    """A time that an API gave, character for character, or a datetime as `written`. Raises ValueError on others."""
    if isinstance(instant, datetime):
        return written(instant)
    if not _INSTANT.fullmatch(instant):
        raise ValueError("not an instant such as meta.lastUpdated has")
    return instant


def token(who: PatientRef) -> str:
    """A patient as a search's token: `system|value`, or the value alone where no system is known."""
    return f"{who.system}|{who.value}" if who.system else who.value


def id_in_address(text: str) -> str:
    """A resource's id, fit to stand in an address. Raises ValueError."""
    if not _ID.fullmatch(text):
        raise ValueError("not a resource's id")
    return text
