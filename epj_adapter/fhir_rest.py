"""The `fhir_rest` adapter: an EPJ with a FHIR R4 REST API, where a note is a document Bundle.

Works against any plain FHIR server that has conditional create (`If-None-Exist`) and search on
`Bundle.identifier`. The hub's key is the Bundle's identifier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote

import orjson

from epj_adapter.adapter import Adapter
from epj_adapter.addendum import appended, revision_in, revision_of
from epj_adapter.document import document_bundle, keyed
from epj_adapter.fhir_rest_examples import EXAMPLES
from epj_adapter.line import Line
from epj_adapter.verdict import Answer, failure
from hub.model.codes import NOTE_KEY_SYSTEM
from hub.model.errors import OutcomeUnknown, Refused
from hub.model.note import JournalNote
from hub.model.ports import EpjAbilities, Written

ABILITIES = EpjAbilities(find=True, amend=True, conditional_create=True)
_JSON = {"Content-Type": "application/fhir+json; charset=utf-8", "Prefer": "return=minimal"}
_LOCKED = frozenset({409, 423})
_MEANING = re.compile(r"[\\$,|]")
_ESCAPED = r"\\\g<0>"


@dataclass(slots=True)
class FhirRest:
    """Notes as document Bundles at `{url}/Bundle`."""

    line: Line
    abilities: EpjAbilities = field(default=ABILITIES)

    async def write(self, note: JournalNote, key: str) -> Written:
        """Create the note unless the EPJ has one with this key."""
        headers = {**_JSON, "If-None-Exist": f"identifier={quote(token(key), safe=':|~')}"}
        answer = await self.line.send("POST", "/Bundle", body=document_bundle(keyed(note, key)), headers=headers)
        if not answer.ok:
            raise failure(answer)
        reference = reference_in(answer)
        if answer.status == 201 and reference:
            return Written(reference, note.revision, "created")
        revision = revision_of(answer.body)
        if reference and revision is not None:
            return Written(reference, revision, "created" if answer.status == 201 else "existed")
        return await self._settled(key, created=answer.status == 201)

    async def find(self, key: str) -> Written | None:
        """The note with this key. Raises Refused when there are several, or when the EPJ can't search for it."""
        answer = await self.line.send("GET", f"/Bundle?identifier={quote(token(key), safe='')}")
        if not answer.ok:
            raise failure(answer)
        found, others = _search(answer.body, key)
        if len(found) > 1:
            raise Refused(f"journalsystemet har {len(found)} notater med samme nøkkel")
        if not found and others:
            raise Refused("journalsystemet søker ikke på nøkkelen; det svarer med andre notater")
        return found[0] if found else None

    async def amend(self, note: JournalNote, key: str, *, reference: str, since: int) -> Written:
        """Replace the note; where it has been read or signed, add what is new to it as a section of its own."""
        note = keyed(note, key)
        answer = await self._put(reference, document_bundle(note, reference=reference))
        if answer.ok:
            return Written(reference, note.revision, "replaced")
        if answer.status not in _LOCKED:
            raise failure(answer)
        return await self._append(note, reference=reference, since=since)

    async def aclose(self) -> None:
        """Give the connections back."""
        await self.line.aclose()

    async def _append(self, note: JournalNote, *, reference: str, since: int) -> Written:
        there = await self.line.send("GET", f"/Bundle/{quote(reference, safe='')}")
        if not there.ok:
            raise failure(there)
        holds = revision_of(there.body) or since
        if holds >= note.revision:
            return Written(reference, holds, "addendum")
        try:
            body = appended(there.body, note, since=max(holds, since))
        except ValueError:
            raise Refused("journalsystemets notat er ikke et dokument som kan få tillegg") from None
        answer = await self._put(reference, body)
        if not answer.ok:
            raise failure(answer)
        return Written(reference, note.revision, "addendum")

    async def _put(self, reference: str, body: bytes) -> Answer:
        return await self.line.send("PUT", f"/Bundle/{quote(reference, safe='')}", body=body, headers=_JSON)

    async def _settled(self, key: str, *, created: bool) -> Written:
        found = await self.find(key)
        if found is None:
            raise OutcomeUnknown("journalsystemet sa at notatet er ført, men finner det ikke igjen")
        return Written(found.reference, found.revision, "created") if created else found


def build(url: str, *, timeout_s: float, max_in_flight: int, secret: str | None) -> FhirRest:
    """An adapter for the FHIR server at `url`."""
    return FhirRest(Line(url, timeout_s, max_in_flight, secret))


def token(key: str) -> str:
    """The key as a FHIR search has it, with the signs that mean something there escaped."""
    return f"{NOTE_KEY_SYSTEM}|{_MEANING.sub(_ESCAPED, key)}"


def reference_in(answer: Answer) -> str:
    """The Bundle's id by Location or Content-Location, else by the body; empty when the answer does not say."""
    for name in ("location", "content-location"):
        path = answer.headers.get(name, "").partition("?")[0].rstrip("/").split("/")
        if "_history" in path:
            path = path[: path.index("_history")]
        if len(path) > 1 and path[-2] == "Bundle" and path[-1]:
            return path[-1]
    body = _loads(answer.body)
    own = body.get("id") if body.get("resourceType") == "Bundle" else None
    return own if isinstance(own, str) else ""


def _search(body: bytes, key: str) -> tuple[list[Written], int]:
    """The notes in a searchset that bear the key, and how many other resources it holds."""
    entries = _loads(body).get("entry")
    resources = [e.get("resource") for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    bundles = [r for r in resources if isinstance(r, dict) and r.get("resourceType") == "Bundle"]
    mine = [b for b in bundles if b.get("identifier") == {"system": NOTE_KEY_SYSTEM, "value": key}]
    found = [Written(str(b.get("id")), revision_in(b) or 1, "existed") for b in mine]
    return found, len(bundles) - len(mine)


def _loads(body: bytes) -> dict[str, object]:
    try:
        content = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        content = None
    return content if isinstance(content, dict) else {}


ADAPTER = Adapter(
    name="fhir_rest",
    title="Journalsystem med FHIR-grensesnitt",
    abilities=ABILITIES,
    build=build,
    examples=EXAMPLES,
)
