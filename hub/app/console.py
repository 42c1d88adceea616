"""Wires the console: its parts, and signing people in through our own token service."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI, Request, Response
from joserfc.jwk import Key
from starlette.exceptions import HTTPException

from hub.app.addresses import addresses
from hub.app.orders import Orders
from hub.app.parts import Parts, kept
from hub.console.console import Console, Person, SignInFailed
from hub.console.door import Door
from hub.console.routes import routes
from hub.console.sign_in_pages import TEST_USERS
from hub.jose.keys import algorithm_of, new_key, public_jwk
from hub.jose.signed import BadSignature, Signed, check_signature, peek, sign
from hub.model.client import Client
from hub.rehearsal.desk import Desk
from hub.routing import routing_table
from hub.token_service import KEY_FILE, SigningKeys, TestUser, TokenService, known_clients
from hub.token_service.assertion import ASSERTION_TYPE
from hub.token_service.errors import OAuthError
from hub.token_service.token_endpoint import TokenRequest, token_for

CLIENT_ID = "knutepunkt-console"
_ASSERTION_S = 30
_LOOPBACK_NAMES = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class People:
    """The console as a client of the token service, and who can sign in with one click."""

    client: Client
    key: Key
    test_users: tuple[TestUser, ...]


def people(orders: Orders) -> People | None:
    """Who may sign in through our token service: test users, where the hub is open to this machine alone; else nobody.

    On a network, one click would let anybody in whom the operations key keeps out.
    """
    if orders.settings.mode != "test" or orders.operations_token is not None:
        return None
    key = new_key("EC")
    client = Client(
        client_id=CLIENT_ID,
        name="Knutepunkts konsoll",
        jwks=(public_jwk(key),),
        scopes=("openid",),
        organisation_number=orders.settings.municipality[0].organisation_number,
        grants=("authorization_code",),
        redirect_uris=_returns(orders.http_url),
    )
    return People(client, key, tuple(TestUser(u.subject, u.name, u.roles) for u in TEST_USERS))


def _returns(http: str) -> tuple[str, ...]:
    """Where a browser may come back to: under the name of this machine that it was using."""
    own = urlsplit(http)
    names = _LOOPBACK_NAMES if own.hostname in _LOOPBACK_NAMES else (own.hostname or "",)
    port = f":{own.port}" if own.port else ""
    found = dict.fromkeys([f"{http}/sign-in/done", *(f"{own.scheme}://{name}{port}/sign-in/done" for name in names)])
    return tuple(found)


def add_console(
    app: FastAPI, orders: Orders, parts: Parts, known: People | None, *, desk: Desk, national: tuple[str, ...]
) -> None:
    """Put the console's pages into `app`; addresses under `national` are for programs alone."""
    settings = orders.settings
    console = Console(
        engines=parts.engines,
        ingest=parts.ingest,
        dispatcher=parts.dispatcher,
        clock=parts.clock,
        publisher=parts.bridge,
        settings=settings,
        routing=routing_table(settings),
        epj_roots=partial(_roots, orders),
        http_url=orders.http_url,
        mqtt_url=_without_login(orders.broker_url),
        data_directory=orders.data_directory,
        is_open=orders.operations_token is None,
        sign_in=None if known is None else TokenServiceSignIn(_token_service(orders, parts, known), known),
        operations_token=orders.operations_token,
        key=kept(orders.data_directory / "console.key", lambda: secrets.token_bytes(32)),
    )
    door = Door(console)
    app.router.routes.extend(routes(door, desk))
    _tell_people_what_is_missing(app, door, national)


def _tell_people_what_is_missing(app: FastAPI, door: Door, national: tuple[str, ...]) -> None:
    """Give a browser that asks for what isn't there a page; programs, and the national doors, get what they got."""
    otherwise = app.exception_handlers[HTTPException]

    async def missing(request: Request, error: Exception) -> Response:
        wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
        if wants_page and not request.url.path.lower().startswith(national):
            return await door.missing(request)
        answer = otherwise(request, error)
        return answer if isinstance(answer, Response) else await answer

    app.add_exception_handler(404, missing)


def _without_login(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _roots(orders: Orders) -> Mapping[str, str]:
    """Where the simulated EPJs have their pages, as they themselves say when they are ready."""
    try:
        told = json.loads((orders.data_directory / "epj.ready").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {number: found["admin"].removesuffix("/admin") for number, found in told.items()}


def _token_service(orders: Orders, parts: Parts, known: People) -> TokenService:
    """The token service that is mounted under `/helseid`, as far as redeeming our own codes needs it."""
    return TokenService(
        issuer=addresses(orders.http_url)["token_service"],
        clients=known_clients([known.client]),
        keys=SigningKeys(orders.data_directory / KEY_FILE),
        replay=parts.replay,
        clock=parts.clock,
        new_id=lambda: uuid.uuid4().hex,
        mode=orders.settings.mode,
        test_users=known.test_users,
    )


class TokenServiceSignIn:
    """Authorization code with PKCE against our own token service, which is asked without leaving the process."""

    def __init__(self, service: TokenService, known: People) -> None:
        self._service = service
        self._known = known

    def address(self, *, state: str, nonce: str, challenge: str, host: str) -> str:
        """Where to send the browser, under the host name that it uses now."""
        query = {
            "client_id": CLIENT_ID,
            "redirect_uri": self._return_to(host),
            "response_type": "code",
            "scope": "openid",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "state": state,
            "nonce": nonce,
        }
        return f"{urlsplit(self._service.issuer).path}/connect/authorize?{urlencode(query)}"

    async def redeem(self, *, code: str, nonce: str, verifier: str, host: str) -> Person:
        """Who signed in. Raises SignInFailed."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._return_to(host),
            "code_verifier": verifier,
            "client_id": CLIENT_ID,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(),
        }
        try:
            granted = await token_for(self._service, TokenRequest(form, (), self._service.token_endpoint))
            said = peek(str(granted.body["id_token"]))
            key = self._service.ring().find(said.key_id)
            check_signature(said, () if key is None else (key,))
        except (OAuthError, BadSignature) as error:
            raise SignInFailed(str(error)) from error
        return self._person(said, nonce)

    def _person(self, said: Signed, nonce: str) -> Person:
        is_ours = said.text("iss") == self._service.issuer and said.text("aud") == CLIENT_ID
        is_fresh = (said.number("exp") or 0) > self._service.now() and said.text("nonce") == nonce
        subject, roles = said.text("sub"), said.claims.get("roles")
        if not (is_ours and is_fresh and subject and isinstance(roles, list)):
            raise SignInFailed("the ID token is not for this sign-in")
        return Person(subject, said.text("name") or subject, frozenset(map(str, roles)))

    def _return_to(self, host: str) -> str:
        uris = self._known.client.redirect_uris
        return next((uri for uri in uris if urlsplit(uri).netloc == host), uris[0])

    def _assertion(self) -> str:
        now, key = self._service.now(), self._known.key
        claims = {
            "iss": CLIENT_ID,
            "sub": CLIENT_ID,
            "aud": self._service.issuer,
            "iat": now,
            "exp": now + _ASSERTION_S,
            "jti": uuid.uuid4().hex,
        }
        header = {"alg": algorithm_of(key), "typ": "client-authentication+jwt", "kid": key.kid}
        return sign(claims, key, header=header)
