"""The back door of a simulated EPJ: faults, notes and counts as JSON, marks on notes, and who is known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from epj_adapter.simulated.faults import Fault, Faults, Kind
from epj_adapter.simulated.known_patients import KnownPatients
from epj_adapter.simulated.store import Note, Store
from hub.model.person import PatientRef

_STATES = ("unread", "read", "signed")
_DEFAULT_DELAY_S = 1.0

#: A switch of one kind of EPJ: how it stands (`true` or `false`), and the way to set it.
Switch = tuple[Callable[[], str], Callable[[str], Awaitable[None]]]


@dataclass(frozen=True, slots=True)
class Admin:
    """`/admin` of one simulated EPJ."""

    store: Store
    faults: Faults
    patients: KnownPatients
    switches: Mapping[str, Switch] = field(default_factory=dict)
    follow: Callable[[Mapping[str, Any]], Awaitable[None]] | None = None

    def routes(self) -> list[Route]:
        """The admin calls."""
        return [
            Route("/admin/faults", self.add_fault, methods=["POST"]),
            Route("/admin/faults", self.list_faults, methods=["GET"]),
            Route("/admin/faults", self.clear_faults, methods=["DELETE"]),
            Route("/admin/notes", self.notes, methods=["GET"]),
            Route("/admin/notes/{number:int}/state", self.mark, methods=["POST"]),
            Route("/admin/state", self.mark_by_key, methods=["POST"]),
            Route("/admin/counts", self.counts, methods=["GET"]),
            Route("/admin/patients", self.known, methods=["GET"]),
            Route("/admin/patients", self.know, methods=["PUT"]),
            Route("/admin/switches", self.list_switches, methods=["GET"]),
            Route("/admin/switches", self.switch, methods=["POST"]),
            Route("/admin/hub", self.fetch_elsewhere, methods=["PUT"]),
        ]

    async def add_fault(self, request: Request) -> Response:
        """Switch a fault on: `fault`, and `count` requests or `seconds`, and `delay_s`."""
        try:
            asked = await _object(request)
            kind = Kind(asked["fault"])
            count, seconds = _number(asked.get("count")), _number(asked.get("seconds"))
            delay_s = _number(asked.get("delay_s"))
        except (KeyError, ValueError, TypeError) as error:
            return _json({"error": f"ukjent feil eller tall: {error}", "faults": [*Kind]}, 422)
        await self.faults.add(
            kind,
            count=None if count is None else int(count),
            seconds=seconds,
            delay_s=_DEFAULT_DELAY_S if delay_s is None else delay_s,
        )
        return self._faults(201)

    async def list_faults(self, _: Request) -> Response:
        """The faults that are on."""
        return self._faults(200)

    async def clear_faults(self, _: Request) -> Response:
        """Switch all faults off."""
        await self.faults.clear()
        return self._faults(200)

    async def notes(self, request: Request) -> Response:
        """All notes, or those with `key`, with the times of their versions."""
        key = request.query_params.get("key")
        found = self.store.with_key(key) if key else self.store.notes()
        return _json([self._told(note) for note in found])

    async def mark(self, request: Request) -> Response:
        """Mark a note `read`, `signed` or `unread`."""
        return await self._mark(request.path_params["number"], await _object(request))

    async def mark_by_key(self, request: Request) -> Response:
        """As `mark`, for the note with `key`."""
        asked = await _object(request)
        found = self.store.with_key(str(asked.get("key")))
        return await self._mark(found[0].id if found else 0, asked)

    async def counts(self, _: Request) -> Response:
        """How many notes and patients there are, and how many keys were registered twice."""
        return _json(self.store.counts())

    async def known(self, _: Request) -> Response:
        """Who is known."""
        return Response(self.patients.written(), media_type="application/json")

    async def know(self, request: Request) -> Response:
        """Set who is known: `known` (a list, or null for everybody) and `unknown` (a list)."""
        asked = await _object(request)
        try:
            known = asked.get("known")
            everybody = known is None or known == "everybody"
            await self.patients.change(
                known=None if everybody else _patients(known), unknown=_patients(asked.get("unknown", []))
            )
        except (KeyError, TypeError, AttributeError):
            return _json({"error": "known og unknown må være lister med system og value"}, 422)
        return await self.known(request)

    async def list_switches(self, _: Request) -> Response:
        """The switches of this kind of EPJ, and how they stand."""
        return _json({name: get() for name, (get, _set) in self.switches.items()})

    async def switch(self, request: Request) -> Response:
        """Set switches: names with `true` or `false`."""
        asked = await _object(request)
        if not asked.keys() <= self.switches.keys():
            return _json({"error": "ukjent bryter", "switches": [*self.switches]}, 422)
        for name, value in asked.items():
            await self.switches[name][1]("true" if value in (True, "true") else "false")
        return await self.list_switches(request)

    async def fetch_elsewhere(self, request: Request) -> Response:
        """Fetch notes from another hub (`hub_url`, `query`, `sign_in`); without them from its own again."""
        if self.follow is None:
            return _json({"error": "dette journalsystemet henter ikke notater selv"}, 404)
        try:
            await self.follow(await _object(request))
        except (KeyError, ValueError, OSError) as error:
            return _json({"error": f"kan ikke hente derfra: {type(error).__name__}"}, 422)
        return _json({})

    def _faults(self, status: int) -> Response:
        return _json([_told_fault(fault) for fault in self.faults.active()], status)

    async def _mark(self, number: int, asked: dict[str, Any]) -> Response:
        state = asked.get("state")
        if state not in _STATES:
            return _json({"error": "state må være en av disse", "states": _STATES}, 422)
        note = await self.store.mark(number, state)
        return _json(self._told(note)) if note else _json({"error": "ikke noe slikt notat"}, 404)

    def _told(self, note: Note) -> dict[str, object]:
        d = note.draft
        return {
            "id": str(note.id),
            "key": d.key,
            "patient": {"system": d.patient.system, "value": d.patient.value},
            "title": d.title,
            "category": d.category,
            "source": d.source,
            "event_at": d.event_at,
            "revision": d.revision,
            "state": note.state,
            "created": _time(note.created),
            "updated": _time(note.updated),
            "versions": [
                {"version": v.version, "how": v.how, "revision": v.revision, "at": _time(v.at)}
                for v in self.store.versions(note)
            ],
        }


def _told_fault(fault: Fault) -> dict[str, object]:
    told = asdict(fault)
    return {"fault": told["kind"], "count": told["left"], "until": told["until"], "delay_s": told["delay_s"]}


def _patients(listed: Any) -> list[PatientRef]:
    return [PatientRef(p.get("system", ""), p["value"]) for p in listed]


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]  # raises what the caller expects


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


async def _object(request: Request) -> dict[str, Any]:
    try:
        asked = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        asked = {}
    return asked if isinstance(asked, dict) else {}


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
