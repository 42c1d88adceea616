"""`_tag` and `_tag:not`: which events a reader wants, by what JFT tags them with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.api.bodies import Parameters
from hub.api.errors import fault
from hub.api.jft import events
from hub.model.versions import CONTENT_SYSTEM, JOURNAL_NOTE


@dataclass(frozen=True, slots=True)
class Wanted:
    """`acknowledged` None is both; `notes` asks for the hub's notes instead of the events; `nothing` can't be."""

    acknowledged: bool | None = None
    notes: bool = False
    nothing: bool = False
    client_id: str | None = None
    system_name: str | None = None


def wanted(given: Parameters, municipality: str) -> Wanted:
    """What the tags in `given` ask for. Raises RejectedMessage (2.4) for a tag that JFT doesn't set."""
    asked = Wanted()
    for text in given.all("_tag"):
        asked = _with(asked, text, municipality)
    for text in given.all("_tag:not"):
        if not _is_acknowledged(*_token(text)):
            raise _unknown()
        asked = replace(asked, acknowledged=False, nothing=asked.nothing or asked.acknowledged is True)
    return asked


def _with(asked: Wanted, text: str, municipality: str) -> Wanted:
    system, code = _token(text)
    if _is_acknowledged(system, code):
        return replace(asked, acknowledged=True)
    if (system, code) == (CONTENT_SYSTEM, JOURNAL_NOTE):
        return replace(asked, notes=True)
    if system == events.PARENT_ORGANISATION:
        return replace(asked, nothing=asked.nothing or code != municipality)
    if system == events.SOURCE_CLIENT_ID:
        return replace(asked, client_id=code, nothing=asked.nothing or asked.client_id not in {None, code})
    if system == events.SOURCE_SYSTEM_NAME:
        return replace(asked, system_name=code, nothing=asked.nothing or asked.system_name not in {None, code})
    raise _unknown()


def _token(text: str) -> tuple[str, str]:
    system, bar, code = text.rpartition("|")
    return (system if bar else "", code)


def _is_acknowledged(system: str, code: str) -> bool:
    """The documentation says "journaling acknowledged" and gives no system: any of JFT's will do, however spelt."""
    if system and not system.startswith(events.JFT_SYSTEMS):
        return False
    if _letters(system).endswith(_ACKNOWLEDGED):
        return _letters(code) in {"", "true", _ACKNOWLEDGED}
    return _letters(code) == _ACKNOWLEDGED


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


_ACKNOWLEDGED = _letters(events.ACKNOWLEDGED)


def _unknown() -> Exception:
    text = f"_tag kan være {events.ACKNOWLEDGED_SYSTEM}|{events.ACKNOWLEDGED} eller en av kildemerkene."
    return fault("2.4", text, rule="tag-unknown", kind="not-supported")
