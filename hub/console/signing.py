"""Sessions: what the browser holds, and how long it counts."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

from hub.console.console import Console, Person
from hub.store.sessions import Session, close_session, note_use, open_session, session_with

#: How old the last note of use may be before a new one is written, in seconds.
_NOTED_EVERY_S = 20.0
#: A request that the page makes by itself: it must not keep a session alive that nobody uses.
BACKGROUND_HEADER = "x-background"
#: Somebody who knows the operations key may do everything that operations may.
ALL_ROLES = frozenset({"monitoring", "administration", "user_administration"})


def cookie_name(console: Console) -> str:
    """The session cookie's name; over HTTPS the browser itself holds it to this host."""
    return "__Host-knutepunkt" if console.http_url.startswith("https:") else "knutepunkt-session"


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def session_of(request: Request, console: Console) -> Session | None:
    """Who is signed in, and that the session was used just now. A program signs in by the operations key."""
    if _shows_key(request, console):
        return Session("", "operations", "Driftsnøkkel", ALL_ROLES, "", 0.0, 0.0)
    token = request.cookies.get(cookie_name(console))
    if not token:
        return None
    real = console.clock.real()
    async with console.engines.reading() as connection:
        session = await session_with(connection, _hashed(token), real=real)
    if session is not None and _is_use(request) and real - session.seen_real > _NOTED_EVERY_S:
        async with console.engines.writing() as connection:
            await note_use(connection, session.id, real=real)
    return session


def _shows_key(request: Request, console: Console) -> bool:
    token, shown = console.operations_token, request.headers.get("authorization", "")
    return token is not None and hmac.compare_digest(shown.encode(), f"Bearer {token}".encode())


def _is_use(request: Request) -> bool:
    return "text/event-stream" not in request.headers.get("accept", "") and BACKGROUND_HEADER not in request.headers


async def begin(console: Console, person: Person, response: Response) -> None:
    """Sign `person` in: a new session, and a cookie that no script can read."""
    token = secrets.token_urlsafe(32)
    real = console.clock.real()
    session = Session(_hashed(token), person.subject, person.name, person.roles, secrets.token_urlsafe(24), real, real)
    async with console.engines.writing() as connection:
        await open_session(connection, session)
    is_secure = console.http_url.startswith("https:")
    response.set_cookie(cookie_name(console), token, httponly=True, samesite="lax", secure=is_secure, path="/")


async def end(console: Console, session: Session | None, response: Response) -> None:
    """Sign out, here and in every browser window that shares the cookie."""
    if session is not None:
        async with console.engines.writing() as connection:
            await close_session(connection, session.id)
    response.delete_cookie(cookie_name(console), path="/")
