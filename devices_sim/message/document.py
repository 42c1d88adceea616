"""Document Bundles as JSON text: a follow-up by the response centre, an alert from a vendor's cloud, a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from devices_sim.happening import Alert
from devices_sim.localday import local_text
from devices_sim.message import vocabulary as v
from devices_sim.message.observation import observation
from devices_sim.message.resources import PATIENT, URN, detected_issue, device, encounter, look_in, patient
from devices_sim.message.template import JSON, SLOT, Json, Template, quoted, written_out
from devices_sim.message.vocabulary import coded, profile
from devices_sim.randomness import uuid_of

if TYPE_CHECKING:
    from devices_sim.happening import Happening, Report, Supervision
    from devices_sim.response_centre import FollowUp

#: A resource of a document with its UUID.
_Entry = tuple[str, str]

_DOCUMENT = Template(
    {"resourceType": "Bundle", "identifier": JSON, "type": "document", "timestamp": SLOT, "entry": [JSON]}
)
_IDENTIFIER = Template(URN)


def document(identifier: str, said_at: int, entries: Iterable[_Entry]) -> str:
    """A document Bundle, by `identifier` as JSON, said at `said_at`, of (UUID, resource) with the Composition first."""
    listed = ",".join([f'{{"fullUrl":"urn:uuid:{uuid}","resource":{resource}}}' for uuid, resource in entries])
    return _DOCUMENT.fill(identifier, local_text(said_at), listed)


def relative(uuid: str, number: int) -> str:
    """The UUID of a document's part number 0 to 15, by the document's own `uuid`."""
    return f"{uuid[:-1]}{number:x}"


def section(code: str, text: str, *about: str) -> str:
    """A headed part of the note; `about` are UUIDs of entries that it speaks of."""
    return _section(code, text).fill(",".join([f'{{"reference":"urn:uuid:{uuid}"}}' for uuid in about]))


@lru_cache(maxsize=1024)
def _section(code: str, text: str) -> Template:
    return Template(_section_shape(code, text, [JSON]))


def _section_shape(code: str, text: str, about: list[Any]) -> Json:
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{escape(text, quote=False)}</div>'
    return {
        "title": v.SECTION_NAMES[code].capitalize(),
        "code": coded(v.COMPOSITION_SECTION, code, v.SECTION_NAMES[code]),
        "text": {"status": "additional", "div": div},
        "entry": about,
    }


def step_event(code: str, start: int) -> str:
    """One handling step with its time."""
    return _step(code).fill(local_text(start))


@lru_cache(maxsize=64)
def _step(code: str) -> Template:
    return Template(_step_shape(code, None, is_open=True))


def _step_shape(code: str, text: str | None, *, is_open: bool) -> Json:
    """A handling step, in words where the operator wrote some; `is_open` when it has no end."""
    concept = coded(v.COMPOSITION_EVENT, code, v.STEP_NAMES[code])
    period = {"start": SLOT} if is_open else {"start": SLOT, "end": SLOT}
    return {"code": [{**concept, "text": text} if text else concept], "period": period}


def _composition_shape(title: str, category: str) -> Json:
    return {
        "resourceType": "Composition",
        "meta": profile("Composition"),
        "identifier": URN,
        "status": "final",
        "type": {"coding": [{"system": v.LOINC, "code": "34133-9", "display": "Summarization of Episode Note"}]},
        "category": [coded(v.COMPOSITION_CATEGORY, category, v.CATEGORY_NAMES[category])],
        "subject": PATIENT,
        "date": SLOT,
        "author": [JSON],
        "title": title,
        "event": [JSON],
        "section": [JSON],
    }


def _composition(title: str, category: str) -> Template:
    return Template(_composition_shape(title, category))


_CLOUD = _composition("Varsel fra utstyrsleverandør", "1")
_SUPERVISION = _composition("Digitalt tilsyn", "1")
_REPORT = _composition("Oppfølging av egenmåling hjemme", "2")


def _note(
    template: Template,
    happening: Happening,
    uuid: str,
    said_at: int,
    *,
    author: str,
    events: Sequence[str],
    sections: Sequence[str],
) -> str:
    """A Composition: who says it (a Reference, as JSON), the handling steps, the headed parts."""
    who = patient(happening.resident)
    return template.fill(uuid, *who, local_text(said_at), author, ",".join(events), ",".join(sections))


@lru_cache(maxsize=256)
def operator(number: int) -> str:
    """A reference to an operator of the response centre, as JSON."""
    return written_out(
        {
            "type": "Practitioner",
            "identifier": {"system": v.OPERATOR, "value": f"operator-{number:02d}"},
            "display": f"Operatør {number}, responssenteret",
        }
    )


def follow_up(said: FollowUp, bundle_uuid: str, issue_uuid: str, *, issue_named: bool) -> str:
    """The response centre's document on an alert, which it names by the alert's identifier or full URL."""
    about, author, said_at = said.about, operator(said.operator), local_text(said.said_at)
    note_uuid = relative(bundle_uuid, 1)
    shape = tuple([(step.code, step.end is None, step.text) for step in said.steps])
    times = [local_text(time) for step in said.steps for time in step[1:3] if time is not None]
    values = [bundle_uuid, said_at, note_uuid, note_uuid, *patient(about.resident), said_at, author, *times]
    values += [issue_uuid] * (len(said.sections) + 1)
    values.append(detected_issue(about, said.alert, issue_uuid if issue_named else None))
    if said.talk is not None:
        values += _talk(said, relative(bundle_uuid, 2), author)
    values += [relative(bundle_uuid, 3), device(about)]
    return _follow_up(shape, said.sections, said.talk is not None).fill(*values)


@lru_cache(maxsize=2048)
def _follow_up(
    steps: tuple[tuple[str, bool, str | None], ...],
    sections: tuple[tuple[str, str], ...],
    is_talked: bool,  # a cache's key
) -> Template:
    """The whole document but for its alert, talk and device: handling steps and texts come from a small stock."""
    note = _composition_shape("Journalnotat for respons på hendelse", "1")
    note["event"] = [_step_shape(code, text, is_open=is_open) for code, is_open, text in steps]
    note["section"] = [_section_shape(code, text, [{"reference": f"urn:uuid:{SLOT}"}]) for code, text in sections]
    beneath = {"fullUrl": f"urn:uuid:{SLOT}", "resource": JSON}
    entries = [{"fullUrl": f"urn:uuid:{SLOT}", "resource": note}, *([beneath] * (3 if is_talked else 2))]
    return Template(
        {"resourceType": "Bundle", "identifier": URN, "type": "document", "timestamp": SLOT, "entry": entries}
    )


def _talk(said: FollowUp, uuid: str, author: str) -> _Entry:
    talk = said.talk
    assert talk is not None
    times = (local_text(talk.start), local_text(talk.end))
    return uuid, look_in(said.about, talk.supervision, uuid, author, *times)


_CLOUD_NUMBER = Template({"system": v.CLOUD_NUMBER, "value": SLOT})
_FROM_DEVICE = Template({"type": "Device", "identifier": {"system": v.DEVICE_NUMBER, "value": SLOT}})


def cloud_alert(happening: Happening, alert: Alert, number: str, salt: int) -> tuple[str, str]:
    """The same alert as the vendor's cloud passes it on, numbered only by the Bundle; and its full URL's UUID."""
    uuid, said_at = uuid_of(salt), happening.sent_at
    note_uuid, issue_uuid = relative(uuid, 1), relative(uuid, 2)
    note = _note(
        _CLOUD,
        happening,
        note_uuid,
        said_at,
        author=_FROM_DEVICE.fill(happening.kit.id),
        events=[step_event("0", happening.at)],
        sections=[section("1.2", f"Varsel: {v.ALERT_NAMES[alert.code]}.", issue_uuid)],
    )
    issue = detected_issue(happening, alert, None)
    entries = [(note_uuid, note), (issue_uuid, issue), (relative(uuid, 3), device(happening))]
    return document(_CLOUD_NUMBER.fill(number), said_at, entries), issue_uuid


def supervision(happening: Happening, what: Supervision, bundle_uuid: str) -> str:
    """A look-in with a remark: the Encounter and what was seen, in one document."""
    note_uuid, look_uuid = relative(bundle_uuid, 1), relative(bundle_uuid, 2)
    said_at = happening.at + what.lasted_s
    note = _note(
        _SUPERVISION,
        happening,
        note_uuid,
        said_at,
        author=operator(happening.salt % 12 + 1),
        events=[step_event("9", happening.at)],
        sections=[section("1.1", what.note or "", look_uuid)],
    )
    entries = [(note_uuid, note), (look_uuid, encounter(happening, what, look_uuid))]
    return document(_IDENTIFIER.fill(bundle_uuid), said_at, entries)


_NURSE = written_out(
    {
        "type": "Practitioner",
        "identifier": {"system": v.OPERATOR, "value": "sykepleier-01"},
        "display": "Sykepleier, oppfølgingstjenesten",
    }
)


def report(happening: Happening, what: Report, bundle_uuid: str) -> str:
    """A remote follow-up report: alert, a nurse's note, questionnaire and measurements in one document."""
    note_uuid, issue_uuid = relative(bundle_uuid, 1), relative(bundle_uuid, 2)
    issue = detected_issue(happening, Alert(what.code, what.severity, "report"), issue_uuid)
    beneath = [(issue_uuid, issue)]
    for number, reading in enumerate(what.readings, 4):
        uuid = relative(bundle_uuid, number)
        beneath.append((uuid, observation(happening, reading, uuid)))
    if what.answers:
        beneath.append(_questionnaire(happening, what, relative(bundle_uuid, 3)))
    said_at = happening.sent_at
    events = [step_event("0", happening.at), step_event("3", said_at)]
    sections = [section("1.1", what.note, *(uuid for uuid, _ in beneath))]
    note = _note(_REPORT, happening, note_uuid, said_at, author=_NURSE, events=events, sections=sections)
    return document(_IDENTIFIER.fill(bundle_uuid), said_at, [(note_uuid, note), *beneath])


_QUESTIONNAIRE = Template(
    {
        "resourceType": "QuestionnaireResponse",
        "identifier": URN,
        "questionnaire": "https://hjemme.acme.example/skjema/daglig-kols",
        "status": "completed",
        "subject": PATIENT,
        "authored": SLOT,
        "item": [JSON],
    }
)
_ITEM = Template({"linkId": SLOT, "text": SLOT, "answer": [{"valueString": SLOT}]})


def _questionnaire(happening: Happening, what: Report, uuid: str) -> _Entry:
    items = [_ITEM.fill(str(n), quoted(asked), quoted(said)) for n, (asked, said) in enumerate(what.answers, 1)]
    return uuid, _QUESTIONNAIRE.fill(uuid, *patient(happening.resident), happening.stated(), ",".join(items))
