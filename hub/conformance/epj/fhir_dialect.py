"""The contract of the `fhir_rest` adapter on the wire; see `docs/epj.md`."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from epj_adapter.addendum import revision_in
from epj_adapter.document import document_bundle
from epj_adapter.fhir_rest import reference_in, token
from epj_adapter.verdict import Answer
from hub.conformance.epj.dialect import HeldNote, Json, json_object
from hub.conformance.epj.wire import Asked, Wire
from hub.model.note import JournalNote
from hub.model.person import PatientRef

_PARAGRAPH = re.compile(r"</p\s*>|<br\s*/?>|</div\s*>|</li\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


class FhirDialect:
    """`fhir_rest`: a note is a document Bundle."""

    name = "fhir_rest"
    is_conditional = True
    content_type = "application/fhir+json; charset=utf-8"

    async def create_at(self, wire: Wire, patient: PatientRef) -> Asked | None:
        """See `Dialect`."""
        return Asked("POST", "/Bundle")

    def condition(self, key: str) -> Mapping[str, str]:
        """See `Dialect`."""
        return {"If-None-Exist": f"identifier={quote(token(key), safe=':|~')}"}

    def replace_at(self, reference: str) -> str:
        """See `Dialect`."""
        return self.read_at(reference)

    def written(self, note: JournalNote, *, reference: str | None = None) -> Json:
        """See `Dialect`."""
        return json_object(document_bundle(note, reference=reference))

    def without_text(self, note: JournalNote) -> Json:
        """See `Dialect`."""
        body = self.written(note)
        return {**body, "entry": body["entry"][1:]}

    def add_to_sources(self, body: Json, resource: Json) -> None:
        """See `Dialect`."""
        body["entry"].append({"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource})

    def place(self, answer: Answer) -> str:
        """See `Dialect`."""
        return reference_in(answer)

    def search(self, key: str) -> str:
        """See `Dialect`."""
        return f"/Bundle?identifier={quote(token(key), safe='')}"

    def found(self, answer: Answer) -> Sequence[str]:
        """See `Dialect`."""
        resources = [entry.get("resource", {}) for entry in json_object(answer.body).get("entry", [])]
        return [str(each.get("id")) for each in resources if each.get("resourceType") == "Bundle"]

    def read_at(self, reference: str) -> str:
        """See `Dialect`."""
        return f"/Bundle/{quote(reference, safe='')}"

    def held(self, answer: Answer) -> HeldNote:
        """See `Dialect`."""
        bundle = json_object(answer.body)
        resources = [entry.get("resource", {}) for entry in bundle.get("entry", [])]
        first: Json = resources[0] if resources else {}
        sections = first.get("section", [])
        lines = [line for each in sections for line in (str(each.get("title", "")), *_lines(each))]
        authors = ", ".join(str(a.get("display", "")) for a in first.get("author", []))
        events = first.get("event") or [{}]
        start = str(events[0].get("period", {}).get("start", ""))
        title = str(first.get("title", ""))
        return HeldNote(title, authors, start, tuple(lines), tuple(resources[1:]), revision_in(bundle) or 1)

    def says_why(self, answer: Answer) -> bool:
        """See `Dialect`: an OperationOutcome with an error in it."""
        outcome = json_object(answer.body)
        issues = outcome.get("issue")
        return outcome.get("resourceType") == "OperationOutcome" and isinstance(issues, list) and bool(issues)


def _lines(section: Json) -> list[str]:
    div = str((section.get("text") or {}).get("div", ""))
    parts = (_TAG.sub("", part) for part in _PARAGRAPH.split(div))
    return [html.unescape(part).strip() for part in parts if part.strip()]
