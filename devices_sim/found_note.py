"""A journal note as it is found in an EPJ, read from whatever JSON it is shown in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.model.person import PERSON_SYSTEMS
from hub.model.times import parse_time

_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_TEXT_KEYS = frozenset({"div", "text", "display", "title", "name", "note", "heading", "line", "lines"})
_TIME_KEYS = ("event_at", "eventTime", "occurredAt", "occurred_at")


@dataclass(frozen=True, slots=True)
class FoundNote:
    """One note: the EPJ's own reference, whom it is about, every name of a message in it, and its text as one line.

    `text` is None where the EPJ shows no texts here, empty where it has none. `occurred_at` is the time of the event,
    where it is told.
    """

    reference: str
    patients: frozenset[str]
    names: frozenset[str]
    text: str | None
    occurred_at: datetime | None


def found_note(shown: dict[str, Any], reference: str = "") -> FoundNote:
    """The note in a JSON object: a FHIR document Bundle, a plain journal note, or a summary of either."""
    patients: set[str] = set()
    names: set[str] = set()
    for key, value, holder in _leaves(shown):
        if key == "value" and holder.get("system") in PERSON_SYSTEMS:
            patients.add(value)
        elif key in {"value", "fullUrl", "reference", "identifier"}:
            names.add(value)
    return FoundNote(
        reference or str(shown.get("id") or shown.get("key") or ""),
        frozenset(patients),
        frozenset(names),
        _text(shown),
        _occurred_at(shown),
    )


def _text(shown: dict[str, Any]) -> str | None:
    """What a nurse reads: of a document its own Composition's sections, not the senders' resources beneath."""
    entries = shown.get("entry")
    if isinstance(entries, list) and entries:
        body: Any = (entries[0].get("resource") or {}).get("section")
    else:
        inner = shown.get("note")
        plain = inner if isinstance(inner, dict) else shown
        if "text" not in plain and "sections" not in shown:
            return None
        body = {"text": plain.get("text") or shown.get("sections")}
    return " ".join(_plain(text) for key, text, _ in _leaves(body) if key in _TEXT_KEYS)


def _leaves(
    value: Any, key: str = "", holder: dict[str, Any] | None = None
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every text in a JSON value with the key under which it stands and the object that holds it."""
    if isinstance(value, str):
        yield key, value, holder or {}
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, name, value)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, key, holder)


def _plain(text: str) -> str:
    return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", text))).strip()


def _occurred_at(shown: dict[str, Any]) -> datetime | None:
    inner = shown.get("note")
    for holder in (shown, inner if isinstance(inner, dict) else {}):
        for key in _TIME_KEYS:
            if moment := parse_time(holder.get(key)):
                return moment
    for entry in shown.get("entry") or ():
        resource = entry.get("resource") if isinstance(entry, dict) else None
        for event in (resource or {}).get("event") or ():
            if moment := parse_time((event.get("period") or {}).get("start")):
                return moment
    return None
