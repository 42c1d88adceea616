"""Document Bundles: a follow-up by the response centre, an alert from a vendor's cloud, a remote report."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from devices_sim.happening import Alert
from devices_sim.localday import local_text
from devices_sim.message import vocabulary as v
from devices_sim.message.observation import observation
from devices_sim.message.resources import detected_issue, device, encounter, patient, urn
from devices_sim.message.vocabulary import Json, coded, profile
from devices_sim.randomness import Stream

if TYPE_CHECKING:
    from devices_sim.happening import Happening, Report, Supervision
    from devices_sim.response_centre import FollowUp, Step

_COMPOSITION = profile("Composition")
_NOTE_TYPE = {"coding": [{"system": v.LOINC, "code": "34133-9", "display": "Summarization of Episode Note"}]}
_STEP_CODES = {code: coded(v.COMPOSITION_EVENT, code, name) for code, name in v.STEP_NAMES.items()}


def document(identifier: Json, said_at: int, entries: Iterable[tuple[str, Json]]) -> Json:
    """A document Bundle said at `said_at` of (UUID, resource) pairs, the Composition first."""
    return {
        "resourceType": "Bundle",
        "identifier": identifier,
        "type": "document",
        "timestamp": local_text(said_at),
        "entry": [{"fullUrl": f"urn:uuid:{uuid}", "resource": resource} for uuid, resource in entries],
    }


def section(code: str, text: str, *about: str) -> Json:
    """A headed part of the note; `about` are UUIDs of entries that it speaks of."""
    part: Json = {
        "title": v.SECTION_NAMES[code].capitalize(),
        "code": coded(v.COMPOSITION_SECTION, code, v.SECTION_NAMES[code]),
        "text": {
            "status": "additional",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{escape(text, quote=False)}</div>',
        },
    }
    if about:
        part["entry"] = [{"reference": f"urn:uuid:{uuid}"} for uuid in about]
    return part


def step_event(step: Step) -> Json:
    """One handling step with its time, and in words where the operator wrote some."""
    code = _STEP_CODES[step.code]
    if step.text:
        code = {**code, "text": step.text}
    period = {"start": local_text(step.start)}
    if step.end is not None:
        period["end"] = local_text(step.end)
    return {"code": [code], "period": period}


def composition(happening: Happening, uuid: str, said_at: int, *, author: Json, title: str, category: str) -> Json:
    """The note's head, without events and sections."""
    return {
        "resourceType": "Composition",
        "meta": _COMPOSITION,
        "identifier": urn(uuid),
        "status": "final",
        "type": _NOTE_TYPE,
        "category": [coded(v.COMPOSITION_CATEGORY, category, v.CATEGORY_NAMES[category])],
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
    ids = Stream(said.salt)
    note_uuid, device_uuid = ids.uuid(), ids.uuid()
    author = operator(said.operator)
    note = composition(
        said.about,
        note_uuid,
        said.said_at,
        author=author,
        title="Journalnotat for respons på hendelse",
        category="1",
    )
    note["event"] = [step_event(step) for step in said.steps]
    note["section"] = [section(code, text, issue_uuid) for code, text in said.sections]
    issue = detected_issue(said.about, said.alert, issue_uuid if issue_named else None)
    entries = [(note_uuid, note), (issue_uuid, issue)]
    if said.talk is not None:
        talk_uuid = ids.uuid()
        talk = encounter(said.about, said.talk.supervision, talk_uuid)
        talk["period"] = {"start": local_text(said.talk.start), "end": local_text(said.talk.end)}
        talk["participant"][0]["individual"] = author
        entries.append((talk_uuid, talk))
    entries.append((device_uuid, device(said.about)))
    return document(urn(bundle_uuid), said.said_at, entries)


def cloud_alert(happening: Happening, alert: Alert, number: str, salt: int) -> tuple[Json, str]:
    """The same alert as the vendor's cloud passes it on, numbered only by the Bundle; and its full URL's UUID."""
    ids = Stream(salt)
    note_uuid, issue_uuid, device_uuid = ids.uuid(), ids.uuid(), ids.uuid()
    said_at = happening.sent_at
    author = {"type": "Device", "identifier": {"system": v.DEVICE_NUMBER, "value": happening.kit.id}}
    note = composition(happening, note_uuid, said_at, author=author, title="Varsel fra utstyrsleverandør", category="1")
    note["event"] = [{"code": [_STEP_CODES["0"]], "period": {"start": local_text(happening.at)}}]
    note["section"] = [section("1.2", f"Varsel: {v.ALERT_NAMES[alert.code]}.", issue_uuid)]
    issue = detected_issue(happening, alert, None)
    entries = [(note_uuid, note), (issue_uuid, issue), (device_uuid, device(happening))]
    return document({"system": v.CLOUD_NUMBER, "value": number}, said_at, entries), issue_uuid


def supervision(happening: Happening, what: Supervision, bundle_uuid: str) -> Json:
    """A look-in with a remark: the Encounter and what was seen, in one document."""
    ids = Stream(happening.salt ^ 0x100C)
    note_uuid, look_uuid = ids.uuid(), ids.uuid()
    said_at = happening.at + what.lasted_s
    note = composition(
        happening, note_uuid, said_at, author=operator(ids.between(1, 12)), title="Digitalt tilsyn", category="1"
    )
    note["event"] = [{"code": [_STEP_CODES["9"]], "period": {"start": local_text(happening.at)}}]
    note["section"] = [section("1.1", what.note or "", look_uuid)]
    return document(urn(bundle_uuid), said_at, [(note_uuid, note), (look_uuid, encounter(happening, what, look_uuid))])


def report(happening: Happening, what: Report, bundle_uuid: str, issue_uuid: str) -> Json:
    """A remote follow-up report: alert, a nurse's note, questionnaire and measurements in one document."""
    ids = Stream(happening.salt ^ 0x5EED)
    note_uuid = ids.uuid()
    said_at = happening.sent_at
    nurse = {
        "type": "Practitioner",
        "identifier": {"system": v.OPERATOR, "value": "sykepleier-01"},
        "display": "Sykepleier, oppfølgingstjenesten",
    }
    note = composition(
        happening, note_uuid, said_at, author=nurse, title="Oppfølging av egenmåling hjemme", category="2"
    )
    issue = detected_issue(happening, Alert(what.code, what.severity, "report"), issue_uuid)
    entries = [(note_uuid, note), (issue_uuid, issue)]
    for reading in what.readings:
        uuid = ids.uuid()
        entries.append((uuid, observation(happening, reading, uuid)))
    if what.answers:
        entries.append(_questionnaire(happening, what, ids.uuid()))
    note["event"] = [
        {"code": [_STEP_CODES["0"]], "period": {"start": local_text(happening.at)}},
        {"code": [_STEP_CODES["3"]], "period": {"start": local_text(said_at)}},
    ]
    note["section"] = [section("1.1", what.note, *(uuid for uuid, _ in entries[1:]))]
    return document(urn(bundle_uuid), said_at, entries)


def _questionnaire(happening: Happening, what: Report, uuid: str) -> tuple[str, Json]:
    return uuid, {
        "resourceType": "QuestionnaireResponse",
        "identifier": urn(uuid),
        "questionnaire": "https://hjemme.acme.example/skjema/daglig-kols",
        "status": "completed",
        "subject": patient(happening.resident),
        "authored": local_text(happening.at),
        "item": [
            {"linkId": str(number), "text": question, "answer": [{"valueString": answer}]}
            for number, (question, answer) in enumerate(what.answers, 1)
        ],
    }
