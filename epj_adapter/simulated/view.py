"""A stored note as a nurse's page shows it: headed paragraphs, whatever form the EPJ keeps it in."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from epj_adapter.simulated.store import Note, Store
from hub.model.clock import OSLO

_STATES = {"unread": "Ulest", "read": "Lest", "signed": "Signert"}
_WAYS = {"created": "ført", "replaced": "erstattet", "addendum": "tillegg"}
_PARAGRAPH = re.compile(r"</p\s*>|<br\s*/?>|</div\s*>|</li\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A headed part of a note."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note with all that a page needs, in Norwegian."""

    id: int
    title: str
    category: str
    source: str
    event_at: str
    registered_at: str
    state: str
    revision: int
    paragraphs: tuple[Paragraph, ...]
    versions: tuple[str, ...]
    sources: tuple[str, ...]


def view(note: Note, store: Store) -> NoteView:
    """The note for a page."""
    content = orjson.loads(note.draft.body)
    paragraphs, sources = _from_document(content) if "resourceType" in content else _from_plain(content)
    return NoteView(
        id=note.id,
        title=note.draft.title,
        category=note.draft.category,
        source=note.draft.source,
        event_at=shown_text(note.draft.event_at),
        registered_at=shown(note.created),
        state=_STATES[note.state],
        revision=note.draft.revision,
        paragraphs=tuple(paragraphs),
        versions=tuple(f"Versjon {v.version} {_WAYS[v.how]} {shown(v.at)}" for v in store.versions(note)),
        sources=tuple(sources),
    )


def shown(at: float) -> str:
    """Seconds since 1970 in Norwegian local time."""
    return datetime.fromtimestamp(at, UTC).astimezone(OSLO).strftime("%d.%m.%Y kl. %H:%M:%S")


def shown_text(said: str) -> str:
    """An ISO time in Norwegian local time; what can't be read as it stands."""
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return said
    return moment.astimezone(OSLO).strftime("%d.%m.%Y kl. %H:%M:%S") if moment.tzinfo else said


def _from_document(bundle: dict[str, Any]) -> tuple[list[Paragraph], list[str]]:
    composition, *resources = [e["resource"] for e in bundle["entry"]]
    paragraphs = [
        Paragraph(str(s.get("title", "")), tuple(_lines(s.get("text", {}).get("div", ""))))
        for s in composition.get("section", [])
    ]
    return paragraphs, [_named(r) for r in resources]


def _from_plain(content: dict[str, Any]) -> tuple[list[Paragraph], list[str]]:
    blocks = (block.split("\n") for block in str(content["text"]).split("\n\n"))
    paragraphs = [Paragraph(heading, tuple(lines)) for heading, *lines in blocks]
    for addendum in content.get("addenda", []):
        lines = tuple(str(addendum["text"]).split("\n"))
        paragraphs.append(Paragraph(f"Tillegg {shown_text(str(addendum.get('time', '')))}", lines))
    return paragraphs, [_named(s.get("content")) for s in content.get("sources", [])]


def _lines(div: str) -> list[str]:
    parts = (_TAG.sub("", part) for part in _PARAGRAPH.split(div))
    return [html.unescape(part).strip() for part in parts if part.strip()]


def _named(resource: object) -> str:
    if not isinstance(resource, dict):
        return "Ukjent"
    given = resource.get("identifier")
    identifiers = given if isinstance(given, list) else [given]
    values = ", ".join(str(i["value"]) for i in identifiers if isinstance(i, dict) and i.get("value"))
    return f"{resource.get('resourceType')} {values}".strip()
