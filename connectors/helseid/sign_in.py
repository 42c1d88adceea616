"""Tokens for requests: fetched when there is none, kept while they last, fetched anew when one is refused."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import orjson

from connectors.helseid.client import HelseIdClient
from connectors.helseid.proof import ProofKey
from connectors.http.answers import retry_after
from connectors.http.exchange import Flow, HttpRequest, HttpResponse
from connectors.http.line import HttpLine
from hub.model.errors import AccessDenied, OutcomeUnknown, Unreachable
from hub.model.ports import Clock

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: A token with less left than this is not used: it could run out on the way.
_MARGIN_SECONDS = 15.0
#: Whose nonce it is, beside the origins of APIs: both may live at one origin.
_TOKEN_SERVICE = "the token service"  # noqa: S105 — a name, no secret


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    kind: str
    expires_at: float


class HelseId:
    """Signs requests in as `client`. One token is shared by all requests until shortly before it runs out.

    Tokens and proofs are kept in memory only and are never part of an error's text.
    """

    def __init__(self, client: HelseIdClient, *, clock: Clock, proof_key: ProofKey | None = None) -> None:
        self._client = client
        self._clock = clock
        self._proof_key = proof_key or ProofKey()
        self._token: _Token | None = None
        self._endpoint = client.token_endpoint
        self._nonces: dict[str, str] = {}
        self._fetching = asyncio.Lock()

    async def send(self, request: HttpRequest, line: HttpLine) -> HttpResponse:
        """`request` signed in and sent over `line`. An answer of 401 has been tried twice, with a fresh token.

        Raises `AccessDenied` with status 401 when the token service refuses us, and as `HttpLine.send` does.
        """
        token = await self._valid_token(line)
        response = await line.drive(self.auth_flow(request, token))
        if response.status == 401 and "invalid_token" in response.headers.get("www-authenticate", ""):
            if self._token is token:
                self._token = None
            response = await line.drive(self.auth_flow(request, await self._valid_token(line)))
        return response

    def auth_flow(self, request: HttpRequest, token: _Token) -> Flow:
        """The request with token and proof; once more when the server demands a nonce."""
        response = yield self._signed_in(request, token)
        if self._remember_nonce(_origin(request.url), response) and _wants_nonce(response):
            response = yield self._signed_in(request, token)
            self._remember_nonce(_origin(request.url), response)
        return response

    def token_flow(self, endpoint: str) -> Flow:
        """The request for a token; once more, with a fresh assertion, when the service demands a nonce."""
        response = yield self._token_request(endpoint)
        if self._remember_nonce(_TOKEN_SERVICE, response) and _wants_nonce(response):
            response = yield self._token_request(endpoint)
            self._remember_nonce(_TOKEN_SERVICE, response)
        return response

    async def _valid_token(self, line: HttpLine) -> _Token:
        async with self._fetching:
            if self._token is None or self._token.expires_at - _MARGIN_SECONDS <= self._clock.real():
                self._token = await self._fetch(line)
            return self._token

    async def _fetch(self, line: HttpLine) -> _Token:
        try:
            endpoint = self._endpoint or await self._discover(line)
            response = await line.drive(self.token_flow(endpoint))
        except OutcomeUnknown as e:  # the message itself was not sent
            raise Unreachable("the token service does not answer") from e
        return _read_token(response, self._clock)

    async def _discover(self, line: HttpLine) -> str:
        address = f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration"
        response = await line.send(HttpRequest("GET", address))
        try:
            self._endpoint = str(orjson.loads(response.body)["token_endpoint"])
        except (ValueError, TypeError, KeyError) as e:
            patience = retry_after(response, self._clock.now())
            text = f"the token service's configuration can't be read (HTTP {response.status})"
            raise Unreachable(text, retry_after=patience) from e
        return self._endpoint

    def _token_request(self, endpoint: str) -> HttpRequest:
        now = self._clock.real()
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client.client_id,
            "scope": " ".join(self._client.scopes),
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._client.assertion(now),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        request = HttpRequest("POST", endpoint, headers, urlencode(form).encode())
        return request.with_headers(
            DPoP=self._proof_key.proof(request, now=now, nonce=self._nonces.get(_TOKEN_SERVICE))
        )

    def _signed_in(self, request: HttpRequest, token: _Token) -> HttpRequest:
        if token.kind != "DPoP":
            return request.with_headers(Authorization=f"Bearer {token.value}")
        proof = self._proof_key.proof(
            request, now=self._clock.real(), nonce=self._nonces.get(_origin(request.url)), access_token=token.value
        )
        return request.with_headers(Authorization=f"DPoP {token.value}", DPoP=proof)

    def _remember_nonce(self, server: str, response: HttpResponse) -> bool:
        nonce = response.headers.get("dpop-nonce")
        if nonce:
            self._nonces[server] = nonce
        return bool(nonce)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _wants_nonce(response: HttpResponse) -> bool:
    if response.status == 401:
        return "use_dpop_nonce" in response.headers.get("www-authenticate", "")
    return response.status == 400 and _error(response) == "use_dpop_nonce"


def _read_token(response: HttpResponse, clock: Clock) -> _Token:
    if response.status == 429 or response.status >= 500:
        patience = retry_after(response, clock.now())
        raise Unreachable(f"the token service is busy or fails (HTTP {response.status})", retry_after=patience)
    if response.status != 200:
        raise AccessDenied(f"the token service refuses us: {_error(response) or response.status}", status=401)
    try:
        said = orjson.loads(response.body)
        kind = "DPoP" if said.get("token_type", "").lower() == "dpop" else "Bearer"
        return _Token(str(said["access_token"]), kind, clock.real() + float(said.get("expires_in", 60)))
    except (ValueError, TypeError, KeyError, AttributeError) as e:
        raise Unreachable("the token service's answer can't be read") from e


def _error(response: HttpResponse) -> str:
    try:
        error = orjson.loads(response.body)["error"]
    except (ValueError, TypeError, KeyError):
        return ""
    return error if isinstance(error, str) and error.isascii() and len(error) < 60 else ""
