"""Signing in and out: through the token service with PKCE, or with the operations key where there is none."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import orjson
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.console.console import Person, SignInFailed
from hub.console.door import Door
from hub.console.signing import ALL_ROLES, begin, end
from hub.console.visit import Right, Stop, Visit

_COOKIE = "knutepunkt-sign-in"
_LASTS_S = 600
_KEY_HOLDER = Person("operations", "Driftsnøkkel", ALL_ROLES)


@dataclass(frozen=True, slots=True)
class TestUser:
    """Somebody who can sign in with one click in test mode."""

    __test__ = False  # not a test, for all its name

    subject: str
    name: str
    roles: tuple[str, ...]


TEST_USERS = (
    TestUser("drift", "Dina Drift", ("monitoring", "administration")),
    TestUser("innsyn", "Ivar Innsyn", ("monitoring",)),
    TestUser("brukeradmin", "Beate Brukeradmin", ("monitoring", "user_administration")),
)


def routes(door: Door) -> Sequence[Route]:
    """The pages."""
    return (
        door.get("/sign-in", _choose, Right.NONE),
        door.get("/sign-in/go", _go, Right.NONE),
        door.get("/sign-in/done", _done, Right.NONE),
        door.post("/sign-in/key", _with_key, Right.NONE),
        door.post("/sign-out", _out, Right.NONE),
    )


async def _choose(visit: Visit) -> Response:
    asked = visit.request.query_params
    users = TEST_USERS if visit.console.is_test and visit.console.sign_in is not None else ()
    why = asked.get("why", "")
    return visit.page(
        "sign_in.html",
        users=users,
        next=_inside(asked.get("next", "/")),
        why=why if why in {"needed", "idle", "failed", "key", "out"} else "",
        takes_key=visit.console.operations_token is not None,
    )


async def _go(visit: Visit) -> Response:
    service = visit.console.sign_in
    if service is None:
        raise Stop(404, "error.missing")
    asked = visit.request.query_params
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    address = service.address(state=state, nonce=nonce, challenge=challenge, host=_host(visit))
    if asked.get("user") in {user.subject for user in TEST_USERS}:
        address += f"&user={quote(asked['user'])}"
    response = RedirectResponse(address, 303)
    kept = [state, nonce, verifier, _inside(asked.get("next", "/")), visit.console.clock.real() + _LASTS_S]
    response.set_cookie(
        _COOKIE, _sealed(kept, visit.console.key), max_age=_LASTS_S, httponly=True, samesite="lax", path="/sign-in"
    )
    return response


async def _done(visit: Visit) -> Response:
    service = visit.console.sign_in
    asked = visit.request.query_params
    kept = _opened(visit.request.cookies.get(_COOKIE, ""), visit.console.key)
    if service is None or kept is None or float(kept[4]) < visit.console.clock.real():
        return visit.go("/sign-in?why=failed")
    state, nonce, verifier, following, _ = kept
    if not hmac.compare_digest(asked.get("state", "").encode(), str(state).encode()):
        return visit.go("/sign-in?why=failed")
    try:
        code = asked.get("code", "")
        person = await service.redeem(code=code, nonce=str(nonce), verifier=str(verifier), host=_host(visit))
    except SignInFailed:
        return visit.go("/sign-in?why=failed")
    response = visit.go(_inside(str(following)))
    await begin(visit.console, person, response)
    response.delete_cookie(_COOKIE, path="/sign-in")
    return response


async def _with_key(visit: Visit) -> Response:
    token = visit.console.operations_token
    if token is None or not hmac.compare_digest(visit.field("key").strip().encode(), token.encode()):
        return visit.go("/sign-in?why=key")
    response = visit.go(_inside(visit.field("next")))
    await begin(visit.console, _KEY_HOLDER, response)
    return response


async def _out(visit: Visit) -> Response:
    response = visit.go(f"/sign-in?why={'idle' if visit.field('why') == 'idle' else 'out'}")
    await end(visit.console, visit.session, response)
    return response


def _host(visit: Visit) -> str:
    return visit.request.headers.get("host", "")


def _inside(address: str) -> str:
    """`address` when it is a path of ours, else the start page: nobody is sent elsewhere after signing in."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if is_ours else "/"


def _sealed(value: object, key: bytes) -> str:
    body = base64.urlsafe_b64encode(orjson.dumps(value)).decode()
    return f"{body}.{hmac.new(key, body.encode(), hashlib.sha256).hexdigest()}"


def _opened(text: str, key: bytes) -> list[str | float] | None:
    body, _, seal = text.partition(".")
    if not hmac.compare_digest(seal, hmac.new(key, body.encode(), hashlib.sha256).hexdigest()):
        return None
    value: list[str | float] = orjson.loads(base64.urlsafe_b64decode(body))
    return value
