"""Document Bundles: a Composition first, and under it what it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.codes import NoteCategory, SectionCode, StepCode
from connectors.composing.elements import Json, coded, fhir_time, meta, narrative, period, profile, says_something, urn
from connectors.words import Section, Step
from hub.fhir import codes

_NOTE_TYPE = {"coding": [{"system": codes.LOINC, "code": "34133-9", "display": "Summarization of Episode Note"}]}


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource of a Bundle under its full URL."""

    url: str
    resource: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a Composition says: who wrote it about whom, when, under which title, in which steps and sections."""

    uuid: str
    subject: Json
    author: Json
    said_at: datetime
    title: str
    category: NoteCategory
    steps: Sequence[Step] = ()
    sections: Sequence[Section] = ()


def document(uuid: str, note: Note, about: Sequence[Entry]) -> Json:
    """A document Bundle with the note first and `about` beneath it; `uuid` names the Bundle."""
    entries = [Entry(f"urn:uuid:{note.uuid}", _composition(note, about)), *about]
    return {
        "resourceType": "Bundle",
        "identifier": urn(uuid),
        "type": "document",
        "timestamp": fhir_time(note.said_at),
        "entry": [{"fullUrl": e.url, "resource": e.resource} for e in entries],
    }


def _composition(note: Note, about: Sequence[Entry]) -> Json:
    resource: Json = {
        "resourceType": "Composition",
        "meta": meta(profile("Composition"), note.said_at),
        "identifier": urn(note.uuid),
        "status": "final",
        "type": _NOTE_TYPE,
        "category": [coded(codes.COMPOSITION_CATEGORY, note.category)],
        "subject": note.subject,
        "date": fhir_time(note.said_at),
        "author": [note.author],
        "title": note.title,
    }
    if note.steps:
        resource["event"] = [_event(step) for step in note.steps]
    written = [section for section in note.sections if says_something(section.text)]
    sections = written or [Section(text=_compiled(note), code=SectionCode.COMPILED)]
    return resource | {"section": [_section(s, about) for s in sections]}


def _event(step: Step) -> Json:
    return {
        "code": [coded(codes.COMPOSITION_EVENT, step.code, text=step.text)],
        "period": period(step.at, step.until),
    }


def _section(section: Section, about: Sequence[Entry]) -> Json:
    title = codes.name_of(codes.COMPOSITION_SECTION, section.code) or ""
    return {
        "title": title.capitalize(),
        "code": coded(codes.COMPOSITION_SECTION, section.code),
        "text": narrative(section.text),
        "entry": [{"reference": e.url} for e in about],
    }


def _compiled(note: Note) -> str:
    """A line that a person can read where nobody wrote any: the steps by name."""
    names = [_step_name(step) for step in note.steps]
    return "; ".join(names).capitalize() + "." if names else f"{note.title}."


def _step_name(step: Step) -> str:
    name = codes.name_of(codes.COMPOSITION_EVENT, StepCode(step.code)) or ""
    return f"{name}: {step.text}" if says_something(step.text) else name
