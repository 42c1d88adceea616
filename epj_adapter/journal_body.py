"""A note and an addendum as the plain JSON journal API takes them: text, and the senders' messages whole."""

from __future__ import annotations

import base64
from collections.abc import Iterable

import orjson

from epj_adapter.addendum import lines
from epj_adapter.slices import whole
from hub.fhir.codes import COMPOSITION_CATEGORY, name_of
from hub.model.codes import NOTE_KEY_SYSTEM
from hub.model.note import JournalNote, SourceMessage


def note_body(note: JournalNote) -> bytes:
    """The note as JSON."""
    return orjson.dumps(
        {
            "externalReference": {"system": NOTE_KEY_SYSTEM, "value": note.key},
            "externalRevision": note.revision,
            "category": {"code": note.category, "name": name_of(COMPOSITION_CATEGORY, note.category)},
            "author": {"name": note.source, "system": "Knutepunkt"},
            "title": note.title,
            "eventTime": note.occurred_at,
            "registeredTime": note.registered_at,
            "text": note.text,
            "sources": list(_sources(note.messages)),
        }
    )


def addendum_body(note: JournalNote, *, since: int) -> bytes:
    """What came to the note after revision `since`, as JSON; all messages go with it, the EPJ keeps each once."""
    newest = note.revisions[-1]
    return orjson.dumps(
        {
            "externalRevision": note.revision,
            "author": {"name": newest.source, "system": "Knutepunkt"},
            "time": newest.registered_at,
            "text": "\n".join(lines(note, since=since)),
            "sources": list(_sources(note.messages)),
        }
    )


def _sources(messages: Iterable[SourceMessage]) -> Iterable[dict[str, object]]:
    seen = set()
    for m in messages:
        if m.raw in seen:
            continue
        seen.add(m.raw)
        yield {
            "sender": m.sender,
            "receivedAt": m.received_at,
            "resourceType": m.resource_type,
            "identifier": {"system": m.identifier_system, "value": m.identifier_value},
            **_content(m.raw),
        }


def _content(raw: bytes) -> dict[str, object]:
    """The message as it was written; in base64 should it not be JSON."""
    try:
        return {"content": orjson.Fragment(whole(raw).raw)}
    except ValueError:
        return {"contentBase64": base64.b64encode(raw).decode()}
