"""The simulated EPJ of the `journal_rest` adapter: a JSON journal API that does not look for doubles."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from epj_adapter.simulated.known_patients import KnownPatients
from epj_adapter.simulated.store import Draft, Note, Store
from epj_adapter.slices import Slice, items, members, whole
from hub.model.codes import NOTE_KEY_SYSTEM
from hub.model.person import PatientRef

BASE = "/journal"
_NOTHING = Slice("[]", [])


class Malformed(ValueError):
    """The body is no note or addendum."""


class JournalServer:
    """Patients and notes at `/journal`."""

    def __init__(self, store: Store, patients: KnownPatients) -> None:
        self._store = store
        self._patients = patients

    def app(self) -> Starlette:
        """The API as an ASGI application."""
        return Starlette(
            routes=[
                Route(f"{BASE}/patients/lookup", self.look_up, methods=["POST"]),
                Route(f"{BASE}/patients/{{patient}}/notes", self.create, methods=["POST"]),
                Route(f"{BASE}/notes", self.search, methods=["GET"]),
                Route(f"{BASE}/notes/{{note}}", self.read, methods=["GET"]),
                Route(f"{BASE}/notes/{{note}}", self.replace, methods=["PUT"]),
                Route(f"{BASE}/notes/{{note}}/addenda", self.add, methods=["POST"]),
            ]
        )

    async def look_up(self, request: Request) -> Response:
        """The EPJ's own id of a patient, or 404 PATIENT_NOT_FOUND."""
        asked = _loads(await request.body())
        identifier = asked.get("identifier")
        if not isinstance(identifier, dict) or not identifier.get("value"):
            return _error(422, "INVALID", "identifier mangler")
        patient = PatientRef(str(identifier.get("system", "")), str(identifier["value"]))
        if patient not in self._patients:
            return _error(404, "PATIENT_NOT_FOUND", "pasienten finnes ikke i journalen")
        return _json({"patientId": f"P{await self._store.patient_number(patient)}"})

    async def create(self, request: Request) -> Response:
        """A new note on the patient; the external reference is not checked for doubles."""
        number = _number(request.path_params["patient"], "P")
        patient = self._store.patient_with(number)
        if patient is None or patient not in self._patients:
            return _error(404, "PATIENT_NOT_FOUND", "pasienten finnes ikke i journalen")
        try:
            draft = _draft(await request.body(), patient)
        except Malformed as error:
            return _error(422, "INVALID", str(error))
        note, _ = await self._store.create(draft, claim=None)
        return _json({"noteId": f"N{note.id}", "version": 1}, 201)

    async def search(self, request: Request) -> Response:
        """The notes with an external reference."""
        query = request.query_params
        key = _key(query.get("externalSystem", ""), query.get("externalReference", ""))
        found = [_summary(note) for note in self._store.with_key(key)]
        return _json({"total": len(found), "notes": found})

    async def read(self, request: Request) -> Response:
        """One note, as it was sent and added to."""
        note = self._note(request)
        if note is None:
            return _error(404, "NOTE_NOT_FOUND", "notatet finnes ikke")
        return _json({**_summary(note), "note": orjson.Fragment(note.draft.body)})

    async def replace(self, request: Request) -> Response:
        """Replace an unread note; 423 once it has been read or signed."""
        note = self._note(request)
        if note is None:
            return _error(404, "NOTE_NOT_FOUND", "notatet finnes ikke")
        if note.state != "unread":
            return _error(423, "NOTE_LOCKED", "notatet er lest eller signert")
        try:
            draft = _draft(await request.body(), note.draft.patient)
        except Malformed as error:
            return _error(422, "INVALID", str(error))
        if draft.key != note.draft.key:
            return _error(422, "INVALID", "externalReference kan ikke endres")
        changed = await self._store.replace(note.id, draft, how="replaced")
        return _json(_summary(changed or note))

    async def add(self, request: Request) -> Response:
        """Add to a note, whatever its state."""
        note = self._note(request)
        if note is None:
            return _error(404, "NOTE_NOT_FOUND", "notatet finnes ikke")
        try:
            draft = _draft(_added(note.draft.body, await request.body()), note.draft.patient)
        except Malformed as error:
            return _error(422, "INVALID", str(error))
        changed = await self._store.replace(note.id, draft, how="addendum")
        return _json(_summary(changed or note), 201)

    def _note(self, request: Request) -> Note | None:
        return self._store.note(_number(request.path_params["note"], "N"))


def registers(method: str, path: str) -> bool:
    """Whether a request registers something."""
    return method in ("POST", "PUT") and path.startswith(BASE) and not path.endswith("/lookup")


def error_body(status: int, text: str) -> bytes:
    """The API's own error body for a fault that was switched on."""
    return orjson.dumps({"code": "UNAVAILABLE" if status == 503 else "REJECTED", "message": text})


def _draft(body: bytes, patient: PatientRef) -> Draft:
    content = _loads(body)
    reference, author, category = (content.get(k) for k in ("externalReference", "author", "category"))
    if not isinstance(reference, dict) or not reference.get("value") or not content.get("text"):
        raise Malformed("externalReference eller text mangler")
    return Draft(
        key=_key(str(reference.get("system", "")), str(reference["value"])),
        patient=patient,
        title=str(content.get("title", "")),
        category=str(category.get("name", "")) if isinstance(category, dict) else "",
        source=str(author.get("name", "")) if isinstance(author, dict) else "",
        event_at=str(content.get("eventTime", "")),
        revision=_revision(content),
        body=body,
    )


def _added(body: bytes, addendum: bytes) -> bytes:
    """The note's body with the addendum at its end, and with the messages that it did not hold already."""
    new = _loads(addendum)
    if not new.get("text"):
        raise Malformed("text mangler")
    parts, more = members(whole(body)), members(whole(addendum))
    addenda = [a.raw for a in items(parts.get("addenda", _NOTHING))]
    told = {name: orjson.Fragment(part.raw) for name, part in more.items() if name != "sources"}
    sources = [s.raw for s in items(parts.get("sources", _NOTHING))]
    sources += [s.raw for s in items(more.get("sources", _NOTHING)) if s.raw not in sources]
    return orjson.dumps(
        {
            **{name: orjson.Fragment(part.raw) for name, part in parts.items()},
            "externalRevision": _revision(new),
            "addenda": [*(orjson.Fragment(a) for a in addenda), told],
            "sources": [orjson.Fragment(s) for s in sources],
        }
    )


def _summary(note: Note) -> dict[str, object]:
    return {
        "noteId": f"N{note.id}",
        "version": note.version,
        "status": note.state,
        "title": note.draft.title,
        "externalRevision": note.draft.revision,
    }


def _revision(content: dict[str, Any]) -> int:
    value = content.get("externalRevision")
    return value if isinstance(value, int) else 1


def _key(system: str, value: str) -> str:
    return value if system in (NOTE_KEY_SYSTEM, "") else f"{system}|{value}"


def _number(text: str, letter: str) -> int:
    digits = text.removeprefix(letter)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0


def _loads(body: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = {}
    return content if isinstance(content, dict) else {}


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


def _error(status: int, code: str, text: str) -> Response:
    return _json({"code": code, "message": text}, status)
