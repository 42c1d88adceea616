"""The contract of the `journal_rest` adapter on the wire; see `docs/epj.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

import orjson

from epj_adapter.journal_body import note_body
from epj_adapter.verdict import Answer
from hub.conformance.epj.dialect import HeldNote, Json, json_object
from hub.conformance.epj.wire import Asked, Wire
from hub.model.codes import NOTE_KEY_SYSTEM
from hub.model.note import JournalNote
from hub.model.person import PatientRef


class JournalDialect:
    """`journal_rest`: plain JSON."""

    name = "journal_rest"
    is_conditional = False
    content_type = "application/json; charset=utf-8"

    async def create_at(self, wire: Wire, patient: PatientRef) -> Asked | None:
        """See `Dialect`: the patient is looked up first."""
        number = await self.patient_id(wire, patient)
        return Asked("POST", f"/patients/{quote(number, safe='')}/notes") if number else None

    async def patient_id(self, wire: Wire, patient: PatientRef) -> str:
        """The EPJ's own id of `patient`, empty when it knows none."""
        body = orjson.dumps({"identifier": {"system": patient.system, "value": patient.value}})
        asked = Asked("POST", "/patients/lookup", body, {"Content-Type": self.content_type})
        answer = await wire.ask(asked)
        return str(json_object(answer.body).get("patientId", "")) if answer.ok else ""

    def condition(self, key: str) -> Mapping[str, str]:
        """See `Dialect`."""
        return {}

    def replace_at(self, reference: str) -> str:
        """See `Dialect`."""
        return self.read_at(reference)

    def written(self, note: JournalNote, *, reference: str | None = None) -> Json:
        """See `Dialect`."""
        return json_object(note_body(note))

    def without_text(self, note: JournalNote) -> Json:
        """See `Dialect`."""
        return {name: value for name, value in self.written(note).items() if name != "text"}

    def add_to_sources(self, body: Json, resource: Json) -> None:
        """See `Dialect`."""
        body["sources"].append({**body["sources"][0], "resourceType": resource["resourceType"], "content": resource})

    def place(self, answer: Answer) -> str:
        """See `Dialect`."""
        return str(json_object(answer.body).get("noteId", "")) if answer.ok else ""

    def search(self, key: str) -> str:
        """See `Dialect`."""
        return f"/notes?{urlencode({'externalSystem': NOTE_KEY_SYSTEM, 'externalReference': key})}"

    def found(self, answer: Answer) -> Sequence[str]:
        """See `Dialect`."""
        return [str(note.get("noteId")) for note in json_object(answer.body).get("notes", [])]

    def read_at(self, reference: str) -> str:
        """See `Dialect`."""
        return f"/notes/{quote(reference, safe='')}"

    def held(self, answer: Answer) -> HeldNote:
        """See `Dialect`."""
        content = json_object(answer.body)
        note: Json = content.get("note", content)
        texts = [str(note.get("text", "")), *(str(a.get("text", "")) for a in note.get("addenda", []))]
        lines = [line for text in texts for line in text.split("\n") if line.strip()]
        resources = tuple(s["content"] for s in note.get("sources", []) if isinstance(s.get("content"), dict))
        source = str((note.get("author") or {}).get("name", ""))
        revision = content.get("externalRevision") or note.get("externalRevision") or 1
        title, occurred_at = str(note.get("title", "")), str(note.get("eventTime", ""))
        return HeldNote(title, source, occurred_at, tuple(lines), resources, int(revision))

    def says_why(self, answer: Answer) -> bool:
        """See `Dialect`: a code and a message."""
        content = json_object(answer.body)
        return bool(content.get("code")) and bool(content.get("message"))
