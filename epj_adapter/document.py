"""The journal note as a FHIR document Bundle: the hub's Composition first, then the senders' resources whole.

The Bundle's identifier is the hub's key. The note's revision is a tag in `Bundle.meta`, so that a plain FHIR server
can tell how far the note has come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import orjson

from epj_adapter.narrative import div
from epj_adapter.sources import Sources, composition_url
from hub.fhir.codes import COMPOSITION_CATEGORY, COMPOSITION_SECTION, LOINC, name_of
from hub.model.codes import NOTE_KEY_SYSTEM
from hub.model.note import JournalNote, NoteRevision, NoteSection
from hub.model.person import ORGANISATION_NUMBER, PatientRef

REVISION_SYSTEM = "urn:knutepunkt:note-revision"

_TYPE = orjson.Fragment(
    orjson.dumps({"coding": [{"system": LOINC, "code": "34133-9", "display": "Summary of episode note"}]})
)
_CATEGORIES = {
    code: orjson.Fragment(
        orjson.dumps(
            [
                {
                    "coding": [
                        {"system": COMPOSITION_CATEGORY, "code": code, "display": name_of(COMPOSITION_CATEGORY, code)}
                    ]
                }
            ]
        )
    )
    for code in ("1", "2")
}
_SECTION_CODES = {
    code: orjson.Fragment(
        orjson.dumps(
            {"coding": [{"system": COMPOSITION_SECTION, "code": code, "display": name_of(COMPOSITION_SECTION, code)}]}
        )
    )
    for code in ("1", "1.1", "1.2", "1.3", "2")
}


def document_bundle(note: JournalNote, *, reference: str | None = None) -> bytes:
    """`note` as a FHIR R4 document Bundle in UTF-8 JSON; `reference` is the EPJ's own id of it, once it has one."""
    sources = Sources(note.key)
    sources.add_all(note.messages)
    first = {"fullUrl": composition_url(note.key), "resource": _composition(note, sources)}
    bundle: dict[str, object] = {"resourceType": "Bundle"}
    if reference:
        bundle["id"] = reference
    bundle["meta"] = {"tag": [revision_tag(note.revision)]}
    bundle["identifier"] = {"system": NOTE_KEY_SYSTEM, "value": note.key}
    bundle["type"] = "document"
    bundle["timestamp"] = note.revisions[-1].registered_at
    bundle["entry"] = [first, *sources.entries]
    return orjson.dumps(bundle)


def keyed(note: JournalNote, key: str) -> JournalNote:
    """The note under `key`, which is the one that counts where the two differ."""
    return note if note.key == key else replace(note, key=key)


def revision_tag(revision: int) -> dict[str, str]:
    """The tag in `Bundle.meta` that says which revision of the note this is."""
    return {"system": REVISION_SYSTEM, "code": str(revision)}


def relation(identifier: bytes) -> dict[str, object]:
    """That the note was made from the Bundle which its sender named by `identifier` (an Identifier, as written)."""
    return {"code": "transforms", "targetIdentifier": orjson.Fragment(identifier)}


def addendum_section(revisions: Iterable[NoteRevision], lines: Iterable[str]) -> dict[str, object]:
    """A section that adds `lines` about `revisions` to a note which may not be changed."""
    numbers = ", ".join(str(r.number) for r in revisions)
    return _section(NoteSection(f"Tillegg (revisjon {numbers})", tuple(lines), "1.3"))


def _composition(note: JournalNote, sources: Sources) -> dict[str, object]:
    sections = [_section(s) for s in note.sections]
    if sections and sources.urls:
        sections[0]["entry"] = [{"reference": url} for url in sources.urls]
    composition: dict[str, object] = {
        "resourceType": "Composition",
        "language": "nb",
        "status": "final",
        "type": _TYPE,
        "category": _CATEGORIES[note.category],
        "subject": _subject(note.patient),
        "date": note.revisions[-1].registered_at,
        "author": [{"display": note.source}],
        "title": note.title,
        "custodian": {"identifier": {"system": ORGANISATION_NUMBER, "value": note.municipality}},
    }
    if sources.identifiers:
        composition["relatesTo"] = [relation(identifier) for identifier in sources.identifiers]
    composition["event"] = [{"period": {"start": note.occurred_at}}]
    composition["section"] = sections
    return composition


def _subject(patient: PatientRef) -> dict[str, object]:
    named = {"system": patient.system, "value": patient.value} if patient.system else {"value": patient.value}
    return {"type": "Patient", "identifier": named}


def _section(section: NoteSection) -> dict[str, object]:
    return {
        "title": section.heading,
        "code": _SECTION_CODES.get(section.code) or _SECTION_CODES["2"],
        "text": {"status": "additional", "div": div(section.lines)},
    }
