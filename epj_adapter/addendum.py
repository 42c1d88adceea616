"""An addendum to a note that may not be changed: the document as it stands, with a section and new resources added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from epj_adapter.document import REVISION_SYSTEM, addendum_section, relation, revision_tag
from epj_adapter.slices import Slice, items, members, whole
from epj_adapter.sources import Sources
from hub.model.clock import OSLO
from hub.model.note import JournalNote

_NOTHING = Slice("[]", [])


def appended(document: bytes, note: JournalNote, *, since: int) -> bytes:
    """`document` with what came to `note` after revision `since`; all that was there stays as it was written.

    Raises ValueError when `document` is not a document Bundle with a Composition first.
    """
    bundle = members(whole(document))
    entries = items(bundle.get("entry", _NOTHING))
    if not entries:
        raise ValueError("no entries")
    first = members(entries[0])
    sources = Sources(note.key)
    for entry in entries[1:]:
        _keep(sources, entry)
    sources.add_all(note.messages)
    body: dict[str, object] = {name: orjson.Fragment(part.raw) for name, part in bundle.items()}
    body["meta"] = _meta(bundle.get("meta"), note.revision)
    body["timestamp"] = note.revisions[-1].registered_at
    head = {**_fragments(first), "resource": _composition(first, note, since=since, sources=sources)}
    body["entry"] = [head, *(orjson.Fragment(e.raw) for e in entries[1:]), *sources.entries]
    return orjson.dumps(body)


def revision_of(document: bytes) -> int | None:
    """Which revision of the note a document holds, by the hub's tag; None where there is no such tag."""
    try:
        return revision_in(orjson.loads(document))
    except orjson.JSONDecodeError:
        return None


def revision_in(content: Any) -> int | None:
    """As `revision_of`, for a document that is parsed already."""
    try:
        return max(int(t["code"]) for t in content["meta"]["tag"] if t.get("system") == REVISION_SYSTEM)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def lines(note: JournalNote, *, since: int) -> list[str]:
    """What came to the note after revision `since`, as lines: when, from whom, and every change."""
    found: list[str] = []
    for revision in note.changes_since(since):
        found.append(f"{norwegian(revision.registered_at)}, {revision.source}:")
        found += revision.changes
    return found


def norwegian(moment: datetime) -> str:
    """An aware time in Norwegian local time, day first."""
    return moment.astimezone(OSLO).strftime("%d.%m.%Y kl. %H:%M:%S")


def _fragments(parts: Mapping[str, Slice]) -> dict[str, object]:
    return {name: orjson.Fragment(part.raw) for name, part in parts.items()}


def _keep(sources: Sources, entry: Slice) -> None:
    parts = members(entry)
    url, resource = parts.get("fullUrl"), parts.get("resource")
    if url is not None and isinstance(url.value, str) and resource is not None:
        sources.keep(url.value, resource.value)


def _composition(first: Mapping[str, Slice], note: JournalNote, *, since: int, sources: Sources) -> dict[str, object]:
    resource = members(first["resource"]) if "resource" in first else {}
    if resource.get("resourceType", _NOTHING).value != "Composition":
        raise ValueError("no Composition first")
    added = addendum_section(note.changes_since(since), lines(note, since=since))
    if sources.urls:
        added["entry"] = [{"reference": url} for url in sources.urls]
    sections = items(resource.get("section", _NOTHING))
    return {
        **_fragments(resource),
        **_relates_to(resource.get("relatesTo", _NOTHING), sources),
        "date": note.revisions[-1].registered_at,
        "section": [*(orjson.Fragment(s.raw) for s in sections), added],
    }


def _relates_to(there: Slice, sources: Sources) -> dict[str, object]:
    kept = items(there)
    known = {part.text for one in kept if (part := members(one).get("targetIdentifier"))}
    targets = [relation(i) for i in sources.identifiers if i.decode() not in known]
    return {"relatesTo": [*(orjson.Fragment(k.raw) for k in kept), *targets]} if kept or targets else {}


def _meta(there: Slice | None, revision: int) -> dict[str, object]:
    parts = members(there) if there else {}
    tags = items(parts.get("tag", _NOTHING))
    others = [t for t in tags if not isinstance(t.value, dict) or t.value.get("system") != REVISION_SYSTEM]
    return {**_fragments(parts), "tag": [*(orjson.Fragment(t.raw) for t in others), revision_tag(revision)]}
