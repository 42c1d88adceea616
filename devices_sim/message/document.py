"""Document Bundles: a follow-up by the response centre, an alert from a vendor's cloud, a remote report.

What is the same in many documents (handling steps, sections) is written once and put in as ready JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

import orjson

from devices_sim.happening import Alert
from devices_sim.localday import local_text
from devices_sim.message import vocabulary as v
from devices_sim.message.observation import observation
from devices_sim.message.resources import detected_issue, device, encounter, patient, urn
from devices_sim.message.vocabulary import Json, coded, profile
from devices_sim.randomness import uuid_of

if TYPE_CHECKING:
    from devices_sim.happening import Happening, Report, Supervision
    from devices_sim.response_centre import FollowUp

_COMPOSITION = profile("Composition")
_NOTE_TYPE = {"coding": [{"system": v.LOINC, "code": "34133-9", "display": "Summarization of Episode Note"}]}
_CATEGORIES = {code: [coded(v.COMPOSITION_CATEGORY, code, name)] for code, name in v.CATEGORY_NAMES.items()}


def document(identifier: Json, said_at: int, entries: Iterable[tuple[str, Json]]) -> Json:
    """A document Bundle said at `said_at` of (UUID, resource) pairs, the Composition first."""
    return {
        "resourceType": "Bundle",
        "identifier": identifier,
        "type": "document",
        "timestamp": local_text(said_at),
        "entry": [{"fullUrl": f"urn:uuid:{uuid}", "resource": resource} for uuid, resource in entries],
    }


def relative(uuid: str, number: int) -> str:
    """The UUID of a document's part number 0 to 15, by the document's own `uuid`."""
    return f"{uuid[:-1]}{number:x}"


def section(code: str, text: str, *about: str) -> orjson.Fragment:
    """A headed part of the note; `about` are UUIDs of entries that it speaks of."""
    entries = ",".join(f'{{"reference":"urn:uuid:{uuid}"}}' for uuid in about)
    return orjson.Fragment(
        f'{_section_head(code, text)},"entry":[{entries}]}}' if about else f"{_section_head(code, text)}}}"
    )


@lru_cache(maxsize=1024)
def _section_head(code: str, text: str) -> str:
    part = {
        "title": v.SECTION_NAMES[code].capitalize(),
        "code": coded(v.COMPOSITION_SECTION, code, v.SECTION_NAMES[code]),
        "text": {
            "status": "additional",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{escape(text, quote=False)}</div>',
        },
    }
    return orjson.dumps(part).decode()[:-1]


def step_event(code: str, start: int, end: int | None = None, text: str | None = None) -> orjson.Fragment:
    """One handling step with its time, and in words where the operator wrote some."""
    until = "" if end is None else f'","end":"{local_text(end)}'
    return orjson.Fragment(f'{_step_head(code, text)}"period":{{"start":"{local_text(start)}{until}"}}}}')


@lru_cache(maxsize=1024)
def _step_head(code: str, text: str | None) -> str:
    concept = coded(v.COMPOSITION_EVENT, code, v.STEP_NAMES[code])
    if text:
        concept["text"] = text
    return f'{{"code":[{orjson.dumps(concept).decode()}],'


def composition(happening: Happening, uuid: str, said_at: int, *, author: Json, title: str, category: str) -> Json:
    """The note's head, without events and sections."""
    return {
        "resourceType": "Composition",
        "meta": _COMPOSITION,
        "identifier": urn(uuid),
        "status": "final",
        "type": _NOTE_TYPE,
        "category": _CATEGORIES[category],
        "subject": patient(happening.resident),
        "date": local_text(said_at),
        "author": [author],
        "title": title,
    }


def operator(number: int) -> Json:
    """A reference to an operator of the response centre."""
    return {
        "type": "Practitioner",
        "identifier": {"system": v.OPERATOR, "value": f"operator-{number:02d}"},
        "display": f"Operatør {number}, responssenteret",
    }


def follow_up(said: FollowUp, bundle_uuid: str, issue_uuid: str, *, issue_named: bool) -> Json:
    """The response centre's document on an alert, which it names by the alert's identifier or full URL."""
    about, author = said.about, operator(said.operator)
    note_uuid = relative(bundle_uuid, 1)
    note = composition(
        about, note_uuid, said.said_at, author=author, title="Journalnotat for respons på hendelse", category="1"
    )
    note["event"] = [step_event(*step) for step in said.steps]
    note["section"] = [section(code, text, issue_uuid) for code, text in said.sections]
    issue = detected_issue(about, said.alert, issue_uuid if issue_named else None)
    entries = [(note_uuid, note), (issue_uuid, issue)]
    if said.talk is not None:
        entries.append(_talk(said, relative(bundle_uuid, 2), author))
    entries.append((relative(bundle_uuid, 3), device(about)))
    return document(urn(bundle_uuid), said.said_at, entries)


def _talk(said: FollowUp, uuid: str, author: Json) -> tuple[str, Json]:
    assert said.talk is not None
    talk = encounter(said.about, said.talk.supervision, uuid)
    talk["period"] = {"start": local_text(said.talk.start), "end": local_text(said.talk.end)}
    talk["participant"][0]["individual"] = author
    return uuid, talk


def cloud_alert(happening: Happening, alert: Alert, number: str, salt: int) -> tuple[Json, str]:
    """The same alert as the vendor's cloud passes it on, numbered only by the Bundle; and its full URL's UUID."""
    uuid = uuid_of(salt)
    note_uuid, issue_uuid = relative(uuid, 1), relative(uuid, 2)
    author = {"type": "Device", "identifier": {"system": v.DEVICE_NUMBER, "value": happening.kit.id}}
    note = composition(
        happening, note_uuid, happening.sent_at, author=author, title="Varsel fra utstyrsleverandør", category="1"
    )
    note["event"] = [step_event("0", happening.at)]
    note["section"] = [section("1.2", f"Varsel: {v.ALERT_NAMES[alert.code]}.", issue_uuid)]
    issue = detected_issue(happening, alert, None)
    entries = [(note_uuid, note), (issue_uuid, issue), (relative(uuid, 3), device(happening))]
    return document({"system": v.CLOUD_NUMBER, "value": number}, happening.sent_at, entries), issue_uuid


def supervision(happening: Happening, what: Supervision, bundle_uuid: str) -> Json:
    """A look-in with a remark: the Encounter and what was seen, in one document."""
    note_uuid, look_uuid = relative(bundle_uuid, 1), relative(bundle_uuid, 2)
    said_at = happening.at + what.lasted_s
    author = operator(happening.salt % 12 + 1)
    note = composition(happening, note_uuid, said_at, author=author, title="Digitalt tilsyn", category="1")
    note["event"] = [step_event("9", happening.at)]
    note["section"] = [section("1.1", what.note or "", look_uuid)]
    return document(urn(bundle_uuid), said_at, [(note_uuid, note), (look_uuid, encounter(happening, what, look_uuid))])


_NURSE = {
    "type": "Practitioner",
    "identifier": {"system": v.OPERATOR, "value": "sykepleier-01"},
    "display": "Sykepleier, oppfølgingstjenesten",
}


def report(happening: Happening, what: Report, bundle_uuid: str) -> Json:
    """A remote follow-up report: alert, a nurse's note, questionnaire and measurements in one document."""
    note_uuid, issue_uuid = relative(bundle_uuid, 1), relative(bundle_uuid, 2)
    said_at = happening.sent_at
    title = "Oppfølging av egenmåling hjemme"
    note = composition(happening, note_uuid, said_at, author=_NURSE, title=title, category="2")
    issue = detected_issue(happening, Alert(what.code, what.severity, "report"), issue_uuid)
    entries = [(note_uuid, note), (issue_uuid, issue)]
    for number, reading in enumerate(what.readings, 4):
        uuid = relative(bundle_uuid, number)
        entries.append((uuid, observation(happening, reading, uuid)))
    if what.answers:
        entries.append(_questionnaire(happening, what, relative(bundle_uuid, 3)))
    note["event"] = [step_event("0", happening.at), step_event("3", said_at)]
    note["section"] = [section("1.1", what.note, *(uuid for uuid, _ in entries[1:]))]
    return document(urn(bundle_uuid), said_at, entries)


def _questionnaire(happening: Happening, what: Report, uuid: str) -> tuple[str, Json]:
    return uuid, {
        "resourceType": "QuestionnaireResponse",
        "identifier": urn(uuid),
        "questionnaire": "https://hjemme.acme.example/skjema/daglig-kols",
        "status": "completed",
        "subject": patient(happening.resident),
        "authored": happening.stated(),
        "item": [
            {"linkId": str(number), "text": question, "answer": [{"valueString": answer}]}
            for number, (question, answer) in enumerate(what.answers, 1)
        ],
    }
