"""The driving interface's addresses: HTTP and JSON on one side, sessions on the other."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from connectors.connector import Told
from connectors.testing.driven_calls import DrivenClient, UnknownCall
from connectors.testing.driven_card import SESSIONS, card_of
from connectors.testing.driven_failures import described, located
from connectors.testing.driven_session import DrivenSession, SessionFailed
from connectors.testing.driven_surroundings import UnusableSurroundings, faults
from connectors.testing.driving import Call, DeviceWord, Surroundings, Taken
from connectors.testing.spoken import event_of
from connectors.vendor import NotUnderstood, VendorConnector
from hub.fhir import verbatim

log = logging.getLogger(__name__)

ROOT = "/conformance/v1"
_SESSION = ROOT + "/sessions/{id:[A-Za-z0-9][A-Za-z0-9._-]{0,99}}"
_MAX_BODY = 32 * 1024 * 1024
M = TypeVar("M", bound=BaseModel)
Kinds = Mapping[str, type[VendorConnector]]


class NotTaken(Exception):
    """The caller's request is answered with `status` and the text, which never repeats content."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Doors:
    """Serves sessions of the connectors `kinds` (by class name, the first is the default), kept under `folder`."""

    def __init__(self, kinds: Kinds, folder: Path) -> None:
        self._kinds = kinds
        self._folder = folder
        self._sessions: dict[str, DrivenSession | DrivenClient] = {}
        self._names: set[str] = set()  # of sessions that are opening, open or closing

    def app(self) -> web.Application:
        """The application; its clean-up closes every session."""
        app = web.Application(client_max_size=_MAX_BODY, middlewares=[_answering_failures])
        app.add_routes(
            [
                web.get(f"{ROOT}/", self.card),
                web.get(ROOT, self.card),
                web.put(_SESSION, self.begin),
                web.delete(_SESSION, self.end),
                web.post(f"{_SESSION}/events", self.tell),
                web.post(f"{_SESSION}/examples/{{n:\\d{{1,4}}}}", self.example),
                web.post(f"{_SESSION}/messages", self.message),
                web.get(f"{_SESSION}/events", self.reports),
                web.post(f"{_SESSION}/device", self.device),
                web.get(f"{_SESSION}/alerts", self.alerts),
                web.post(f"{_SESSION}/calls", self.call),
            ]
        )
        app.on_cleanup.append(lambda _app: self.close())
        return app

    async def card(self, request: web.Request) -> web.Response:
        """What the system is; `?product=` asks for another class than the first."""
        return _json(card_of(self._kind(request.query.get("product"))))

    async def begin(self, request: web.Request) -> web.Response:
        """Open a session, anew or with what it remembers."""
        surroundings = await _body(request, Surroundings)
        name, kind = request.match_info["id"], self._kind(surroundings.product)
        if name in self._names:
            raise NotTaken(409, "the session is open")
        if len(self._names) >= SESSIONS:
            raise NotTaken(503, f"{SESSIONS} sessions are open")
        self._names.add(name)
        try:
            opened = DrivenClient if surroundings.role == "api-client" else DrivenSession
            session = opened(kind, surroundings, self._folder / name)
            await session.open()
            self._sessions[name] = session
        finally:
            if name not in self._sessions:
                self._names.discard(name)
        return web.Response(status=201)

    async def end(self, request: web.Request) -> web.Response:
        """Close a session, and let it be forgotten when that is asked for."""
        name, forget = request.match_info["id"], "forget" in request.query
        has_memory = name not in self._names and (self._folder / name).is_dir()
        if name not in self._sessions and not (forget and has_memory):
            raise _no_session()
        self._names.add(name)
        try:
            if name in self._sessions:
                await self._close(name)
        finally:
            if forget:
                await asyncio.to_thread(shutil.rmtree, self._folder / name, ignore_errors=True)
            self._names.discard(name)
        return web.Response(status=204)

    async def tell(self, request: web.Request) -> web.Response:
        """Tell events, all or none."""
        session, said = self._session(request), _parsed(await request.read())
        events = said.get("events") if isinstance(said, dict) else None
        if not isinstance(events, list):
            raise NotTaken(422, "not an object with a list of events")
        try:
            return _taken(await session.tell([event_of(each) for each in events]))
        except UnicodeError as e:
            raise NotTaken(422, "not text") from e
        except ValueError as e:
            raise NotTaken(422, str(e)) from e

    async def example(self, request: web.Request) -> web.Response:
        """Take in one of the product's own examples."""
        session, place = self._session(request), int(request.match_info["n"])
        if place >= len(session.kind.examples):
            raise NotTaken(404, "no such example")
        return _taken(await _take(session, session.kind.examples[place].payload))

    async def message(self, request: web.Request) -> web.Response:
        """Take in a message of the product."""
        return _taken(await _take(self._session(request), await request.read()))

    async def reports(self, request: web.Request) -> web.Response:
        """What became of each event."""
        return _json(await self._session(request).reports())

    async def device(self, request: web.Request) -> web.Response:
        """Tell how a device is."""
        await self._session(request).report_device(await _body(request, DeviceWord))
        return web.Response(status=204)

    async def alerts(self, request: web.Request) -> web.Response:
        """The alerts that were shown."""
        try:
            return _json(self._session(request).alerts())
        except LookupError as e:
            raise NotTaken(422, "this session is no response centre") from e

    async def call(self, request: web.Request) -> web.Response:
        """Ask a national API."""
        client = self._opened(request)
        if not isinstance(client, DrivenClient):
            raise NotTaken(422, "this session is no API client")
        try:
            return _json(await client.call(await _body(request, Call)))
        except UnknownCall as e:
            raise NotTaken(422, str(e)) from e

    async def close(self) -> None:
        """Close every session."""
        closed = await asyncio.gather(*map(self._close, list(self._sessions)), return_exceptions=True)
        for error in closed:
            if isinstance(error, BaseException):
                log.error("a session ended in failure: %s", located(error))

    async def _close(self, name: str) -> None:
        await self._sessions.pop(name).close()

    def _session(self, request: web.Request) -> DrivenSession:
        session = self._opened(request)
        if not isinstance(session, DrivenSession):
            raise NotTaken(422, "this session is an API client: it tells nothing")
        return session

    def _opened(self, request: web.Request) -> DrivenSession | DrivenClient:
        session = self._sessions.get(request.match_info["id"])
        if session is None:
            raise _no_session()
        return session

    def _kind(self, product: str | None) -> type[VendorConnector]:
        if product is None:
            return next(iter(self._kinds.values()))
        if product not in self._kinds:
            raise NotTaken(422, "product: not one of those behind this address")
        return self._kinds[product]


async def _take(session: DrivenSession, message: bytes) -> list[Told]:
    try:
        return await session.take(message)
    except NotUnderstood as e:
        raise NotTaken(422, str(e)) from e


@web.middleware
async def _answering_failures(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as e:  # an address that isn't there, a body that is too large
        return web.json_response({"error": e.reason}, status=e.status)
    except NotTaken as e:
        return web.json_response({"error": str(e)}, status=e.status)
    except UnusableSurroundings as e:
        return web.json_response({"error": str(e)}, status=422)
    except SessionFailed as e:
        return web.json_response({"error": str(e)}, status=500)
    except Exception as e:
        log.error("a request failed: %s", located(e))  # noqa: TRY400 — a traceback would show the error's text
        return web.json_response({"error": described(e)}, status=500)


def _no_session() -> NotTaken:
    return NotTaken(404, "no such session")


def _parsed(body: bytes) -> Any:
    try:
        return verbatim.loads(body)
    except (ValueError, RecursionError) as e:
        raise NotTaken(422, "not JSON") from e


async def _body(request: web.Request, kind: type[M]) -> M:
    try:
        return kind.model_validate_json(await request.read())
    except ValidationError as e:
        raise NotTaken(422, faults(e)) from e


def _taken(told: Sequence[Told]) -> web.Response:
    return _json(Taken(numbers=tuple(each.number for each in told)), status=202)


def _json(said: BaseModel | Sequence[BaseModel], *, status: int = 200) -> web.Response:
    content = said.model_dump(mode="json") if isinstance(said, BaseModel) else [s.model_dump(mode="json") for s in said]
    return web.json_response(content, status=status)
