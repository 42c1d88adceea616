"""The `journal_rest` adapter: an EPJ with a plain JSON journal API, of the kind that municipal systems have.

| call | what for |
|---|---|
| `POST {base}/patients/lookup` | the EPJ's own id of a patient; the number travels in the body, never in an address |
| `POST {base}/patients/{id}/notes` | a new note, with an external reference; the EPJ does not look for doubles |
| `GET {base}/notes?externalSystem=…&externalReference=…` | the notes with an external reference |
| `GET {base}/notes/{id}` | one note |
| `PUT {base}/notes/{id}` | replace an unread note; 423 once it has been read or signed |
| `POST {base}/notes/{id}/addenda` | add to a note |
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import orjson

from epj_adapter.adapter import Adapter
from epj_adapter.document import keyed
from epj_adapter.journal_body import addendum_body, note_body
from epj_adapter.journal_rest_examples import EXAMPLES
from epj_adapter.line import Line
from epj_adapter.verdict import Answer, failure
from hub.model.codes import NOTE_KEY_SYSTEM
from hub.model.errors import OutcomeUnknown, PatientUnknown, Refused, Unreachable
from hub.model.note import JournalNote
from hub.model.person import PatientRef
from hub.model.ports import EpjAbilities, Written

ABILITIES = EpjAbilities(
    find=True,
    amend=True,
    conditional_create=False,
    remarks=("Journalsystemet hindrer ikke selv at samme notat føres to ganger.",),
)
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_LOCKED = frozenset({409, 423})
_REMEMBERED = 10_000


@dataclass(slots=True)
class JournalRest:
    """Notes at `{url}`; remembers the EPJ's ids of the patients that were looked up last."""

    line: Line
    abilities: EpjAbilities = field(default=ABILITIES)
    _patients: OrderedDict[PatientRef, str] = field(default_factory=OrderedDict)

    async def write(self, note: JournalNote, key: str) -> Written:
        """Register the note on its patient."""
        note = keyed(note, key)
        remembered = note.patient in self._patients
        try:
            return await self._create(note)
        except PatientUnknown:
            self._patients.pop(note.patient, None)
            if not remembered:
                raise
        return await self._create(note)

    async def find(self, key: str) -> Written | None:
        """The note with this key. Raises Refused when there are several."""
        query = urlencode({"externalSystem": NOTE_KEY_SYSTEM, "externalReference": key})
        answer = await self.line.send("GET", f"/notes?{query}")
        notes = _content(answer).get("notes")
        found = [n for n in notes if isinstance(n, dict)] if isinstance(notes, list) else []
        if len(found) > 1:
            raise Refused(f"journalsystemet har {len(found)} notater med samme nøkkel")
        return Written(_text(found[0], "noteId"), _revision(found[0]), "existed") if found else None

    async def amend(self, note: JournalNote, key: str, *, reference: str, since: int) -> Written:
        """Replace the note; where it has been read or signed, send what is new to it as an addendum."""
        note = keyed(note, key)
        path = f"/notes/{quote(reference, safe='')}"
        answer = await self.line.send("PUT", path, body=note_body(note), headers=_JSON)
        if answer.ok:
            return Written(reference, note.revision, "replaced")
        if answer.status not in _LOCKED:
            raise failure(answer)
        holds = max(_revision(_content(await self.line.send("GET", path))), since)
        if holds < note.revision:
            added = await self.line.send(
                "POST", f"{path}/addenda", body=addendum_body(note, since=holds), headers=_JSON
            )
            _content(added)
        return Written(reference, max(holds, note.revision), "addendum")

    async def aclose(self) -> None:
        """Give the connections back."""
        await self.line.aclose()

    async def _create(self, note: JournalNote) -> Written:
        patient = await self._patient(note.patient)
        path = f"/patients/{quote(patient, safe='')}/notes"
        answer = await self.line.send("POST", path, body=note_body(note), headers=_JSON)
        reference = _text(_content(answer), "noteId")
        if not reference:
            raise OutcomeUnknown("journalsystemet førte notatet, men sa ikke hvilken id det fikk")
        return Written(reference, note.revision, "created")

    async def _patient(self, patient: PatientRef) -> str:
        known = self._patients.get(patient)
        if known:
            self._patients.move_to_end(patient)
            return known
        body = orjson.dumps({"identifier": {"system": patient.system, "value": patient.value}})
        try:
            content = _content(await self.line.send("POST", "/patients/lookup", body=body, headers=_JSON))
        except OutcomeUnknown as error:  # a look-up registers nothing
            raise Unreachable(str(error), retry_after=error.retry_after) from None
        found = _text(content, "patientId")
        if not found:
            raise Refused("journalsystemet svarte på pasientoppslaget uten å gi noen id")
        self._patients[patient] = found
        if len(self._patients) > _REMEMBERED:
            self._patients.popitem(last=False)
        return found


def build(url: str, *, timeout_s: float, max_in_flight: int, secret: str | None) -> JournalRest:
    """An adapter for the journal API at `url`."""
    return JournalRest(Line(url, timeout_s, max_in_flight, secret))


def _content(answer: Answer) -> dict[str, object]:
    """The JSON object in an answer. Raises what the answer means when it is not 2xx."""
    if not answer.ok:
        raise failure(answer)
    try:
        content = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        content = None
    return content if isinstance(content, dict) else {}


def _text(content: dict[str, object], name: str) -> str:
    value = content.get(name)
    return str(value) if isinstance(value, (str, int)) else ""


def _revision(content: dict[str, object]) -> int:
    value = content.get("externalRevision")
    return value if isinstance(value, int) else 1


ADAPTER = Adapter(
    name="journal_rest",
    title="Journalsystem med enkelt JSON-grensesnitt",
    abilities=ABILITIES,
    build=build,
    examples=EXAMPLES,
)
