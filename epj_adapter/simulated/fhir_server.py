"""The simulated EPJ of the `fhir_rest` adapter: a small FHIR R4 server that keeps document Bundles as notes."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from epj_adapter.simulated.document_reading import NotADocument, draft, full_key, only_adds, stored
from epj_adapter.simulated.faults import App, Receive, Scope, Send
from epj_adapter.simulated.known_patients import KnownPatients
from epj_adapter.simulated.store import Draft, Note, SeveralNotes, Store
from hub.model.codes import NOTE_KEY_SYSTEM

BASE = "/fhir"
_CREATE = f"{BASE}/Bundle"
_PAGE = 1000
_RACE_S = 0.02
_TYPE = "application/fhir+json; charset=utf-8"
_RACE = "race"
_BAR = re.compile(r"(?<!\\)\|")
_ESCAPE = re.compile(r"\\([\\$,|])")


class FhirServer:
    """Notes at `/fhir/Bundle`. With the switch `race`, a conditional create looks before it writes, as some real
    EPJs do, and two calls at once make two notes.
    """

    def __init__(self, store: Store, patients: KnownPatients) -> None:
        self._store = store
        self._patients = patients
        self._race = store.setting(_RACE) == "true"

    @property
    def race(self) -> bool:
        """Whether simultaneous conditional creates make doubles."""
        return self._race

    async def set_race(self, value: str) -> None:
        """Switch racing `true` or `false`, also for after a restart."""
        self._race = value == "true"
        await self._store.set(_RACE, value)

    def app(self) -> App:
        """The server as an ASGI application. A new note takes the short way, past the routing."""
        routed = self._routed()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["method"] == "POST" and scope["path"] == _CREATE:
                response = await self.create(Request(scope, receive))
                await response(scope, receive, send)
            else:
                await routed(scope, receive, send)

        return app

    def _routed(self) -> Starlette:
        return Starlette(
            routes=[
                Route(_CREATE, self.create, methods=["POST"]),
                Route(f"{BASE}/Bundle", self.search, methods=["GET"]),
                Route(f"{BASE}/Bundle/{{number:int}}", self.read, methods=["GET"]),
                Route(f"{BASE}/Bundle/{{number:int}}", self.update, methods=["PUT"]),
                Route(f"{BASE}/Bundle/{{number:int}}/_history", self.history, methods=["GET"]),
                Route(f"{BASE}/metadata", self.metadata, methods=["GET"]),
            ]
        )

    async def create(self, request: Request) -> Response:
        """Conditional create: 201 for a new note, 200 for one that exists, 412 where several match."""
        body = await request.body()
        try:
            new = draft(body)
        except NotADocument as error:
            return _outcome(422, str(error), code="invalid", where=error.where)
        if new.patient not in self._patients:
            return _unknown_patient()
        wanted = _condition(request.headers.get("if-none-exist"))
        if wanted and wanted != new.key:
            return _outcome(400, "If-None-Exist og Bundle.identifier er ikke samme nøkkel.", code="invalid")
        try:
            note, made = await self._insert(new, wanted)
        except SeveralNotes:
            return _outcome(412, "Flere notater har denne nøkkelen.", code="multiple-matches")
        return _written(request, note, 201 if made else 200)

    async def _insert(self, new: Draft, wanted: str | None) -> tuple[Note, bool]:
        if not self._race:
            return await self._store.create(new, claim=wanted)
        there = self._store.with_key(wanted) if wanted else []
        if len(there) > 1:
            raise SeveralNotes
        await asyncio.sleep(_RACE_S)
        return (there[0], False) if there else await self._store.create(new, claim=None)

    async def search(self, request: Request) -> Response:
        """A searchset of all notes, or of those with an identifier; pages by `_count` and `_offset`."""
        query = request.query_params
        size = 0 if query.get("_summary") == "count" else min(_whole(query.get("_count"), _PAGE), _PAGE)
        offset = _whole(query.get("_offset"), 0)
        if "identifier" in query:
            found = self._store.with_key(_key(query["identifier"]))
            return _searchset(request, found[offset : offset + size], total=len(found), offset=offset, size=size)
        total = self._store.counts()["notes"]
        page = self._store.notes(offset=offset, limit=size)
        return _searchset(request, page, total=total, offset=offset, size=size)

    async def read(self, request: Request) -> Response:
        """One note."""
        note = self._store.note(request.path_params["number"])
        return _resource(200, note) if note else _missing()

    async def update(self, request: Request) -> Response:
        """Replace a note; one that has been read or signed takes additions only, else 423."""
        note = self._store.note(request.path_params["number"])
        if note is None:
            return _missing()
        body = await request.body()
        try:
            new = draft(body)
        except NotADocument as error:
            return _outcome(422, str(error), code="invalid", where=error.where)
        if (new.key, new.patient) != (note.draft.key, note.draft.patient):
            return _outcome(422, "Et notat kan ikke skifte nøkkel eller pasient.", code="business-rule")
        adds = only_adds(note.draft.body, body)
        if note.state != "unread" and not adds:
            return _outcome(423, "Notatet er lest eller signert og kan bare få tillegg.", code="lock-error")
        changed = await self._store.replace(note.id, new, how="replaced" if note.state == "unread" else "addendum")
        return _written(request, changed or note, 200)

    async def history(self, request: Request) -> Response:
        """All versions of a note, newest first."""
        note = self._store.note(request.path_params["number"])
        if note is None:
            return _missing()
        versions = list(reversed(self._store.versions(note)))
        entries = [
            {"resource": orjson.Fragment(stored(v.body, number=note.id, version=v.version, updated=_instant(v.at)))}
            for v in versions
        ]
        bundle = {"resourceType": "Bundle", "type": "history", "total": len(entries), "entry": entries}
        return Response(orjson.dumps(bundle), media_type=_TYPE)

    async def metadata(self, _: Request) -> Response:
        """What the server can do."""
        interactions = [{"code": code} for code in ("read", "create", "update", "search-type", "history-instance")]
        resource = {
            "type": "Bundle",
            "interaction": interactions,
            "versioning": "versioned",
            "conditionalCreate": True,
            "searchParam": [{"name": "identifier", "type": "token"}],
        }
        statement = {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": "2026-01-01",
            "kind": "instance",
            "fhirVersion": "4.0.1",
            "format": ["json"],
            "software": {"name": "Simulert journalsystem"},
            "implementation": {"description": "Simulert journalsystem med FHIR-grensesnitt"},
            "rest": [{"mode": "server", "resource": [resource]}],
        }
        return Response(orjson.dumps(statement), media_type=_TYPE)


def registers(method: str, path: str) -> bool:
    """Whether a request registers something."""
    return method in ("POST", "PUT") and path.startswith(f"{BASE}/Bundle")


def error_body(status: int, text: str) -> bytes:
    """An OperationOutcome for a fault that was switched on."""
    return _outcome_body(text, code="transient" if status == 503 else "processing", where=None, detail=None)


def _condition(header: str | None) -> str | None:
    values = parse_qs((header or "").replace("+", "%2B")).get("identifier")
    return _key(values[0]) if values else None


def _key(token: str) -> str:
    """The key in a token search parameter: `system|value` or a value alone, with FHIR's escapes undone."""
    parts = _BAR.split(token, maxsplit=1)
    system, value = parts if len(parts) > 1 else (NOTE_KEY_SYSTEM, token)
    return full_key(system, _ESCAPE.sub(r"\1", value))


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default


def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _given(note: Note) -> bytes:
    return stored(note.draft.body, number=note.id, version=note.version, updated=_instant(note.updated))


def _resource(status: int, note: Note) -> Response:
    return Response(_given(note), status, {"ETag": f'W/"{note.version}"'}, _TYPE)


def _written(request: Request, note: Note, status: int) -> Response:
    place = f"http://{request.headers.get('host', '')}{BASE}/Bundle/{note.id}/_history/{note.version}"
    headers = {"Location": place, "ETag": f'W/"{note.version}"'}
    minimal = "return=minimal" in request.headers.get("prefer", "")
    return Response(b"" if minimal else _given(note), status, headers, _TYPE)


def _searchset(request: Request, notes: list[Note], *, total: int, offset: int, size: int) -> Response:
    own = str(request.url.replace(query=""))
    links = [{"relation": "self", "url": str(request.url)}]
    if offset + size < total and size > 0:
        query = {**request.query_params, "_count": str(size), "_offset": str(offset + size)}
        links.append({"relation": "next", "url": f"{own}?{urlencode(query)}"})
    entries = [{"fullUrl": f"{own}/{n.id}", "resource": orjson.Fragment(_given(n))} for n in notes]
    bundle: dict[str, object] = {"resourceType": "Bundle", "type": "searchset", "total": total, "link": links}
    if entries:
        bundle["entry"] = entries
    return Response(orjson.dumps(bundle), media_type=_TYPE)


def _outcome_body(text: str, *, code: str, where: str | None, detail: str | None) -> bytes:
    issue: dict[str, object] = {"severity": "error", "code": code, "diagnostics": text}
    if where:
        issue["expression"] = [where]
    if detail:
        issue["details"] = {"coding": [{"code": detail}]}
    return orjson.dumps({"resourceType": "OperationOutcome", "issue": [issue]})


def _outcome(status: int, text: str, *, code: str, where: str | None = None, detail: str | None = None) -> Response:
    return Response(_outcome_body(text, code=code, where=where, detail=detail), status, media_type=_TYPE)


def _missing() -> Response:
    return _outcome(404, "Det finnes ikke noe slikt notat.", code="not-found", where="Bundle.id")


def _unknown_patient() -> Response:
    return _outcome(
        422,
        "Journalsystemet kjenner ikke pasienten.",
        code="not-found",
        where="Bundle.entry[0].resource.subject",
        detail="patient-not-found",
    )
