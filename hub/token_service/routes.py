"""The service's addresses: discovery, keys, tokens; in test mode also sign-in and the test-token service."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl, quote

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from hub.model.errors import StoreUnavailable
from hub.token_service.discovery import discovery_document, jwks_document
from hub.token_service.errors import OAuthError
from hub.token_service.faults import fault_document
from hub.token_service.openapi import FORM, SIGN_IN_QUERY, TEST_TOKEN_ORDER, TOKEN_ANSWERS, TOKEN_REQUEST
from hub.token_service.ordered_tokens import make_test_token
from hub.token_service.service import TokenService
from hub.token_service.sign_in import RedirectError, SignInRequest, read_sign_in, signed_in
from hub.token_service.token_endpoint import TokenRequest, token_for
from hub.token_service.ttt_request import read_ttt_request

MAX_BODY = 65_536
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def router(service: TokenService) -> APIRouter:
    """The routes of `service`, to be mounted under the path of its issuer."""
    routes = APIRouter(tags=["HelseID-stedfortreder"])
    _add_public(routes, service)
    _add_token(routes, service)
    if service.mode == "test":
        _add_test_tokens(routes, service)
        _add_sign_in(routes, service)
    return routes


def _add_public(routes: APIRouter, service: TokenService) -> None:
    @routes.get("/.well-known/openid-configuration", summary="Discovery-dokument")
    async def discovery() -> Response:
        return _json(discovery_document(service))

    @routes.get("/.well-known/openid-configuration/jwks", summary="Tjenestens offentlige nøkler")
    async def keys() -> Response:
        return _json(jwks_document(service))


def _add_token(routes: APIRouter, service: TokenService) -> None:
    @routes.post("/connect/token", summary="Hent token", responses=TOKEN_ANSWERS, openapi_extra=TOKEN_REQUEST)
    async def token(request: Request) -> Response:
        try:
            granted = await token_for(service, await _token_request(request))
        except OAuthError as error:
            return _refusal(error, request)
        except StoreUnavailable:
            return _json({"error": "temporarily_unavailable"}, status=503, headers=_NO_STORE)
        nonce = {} if granted.nonce is None else {"DPoP-Nonce": granted.nonce}
        return _json(granted.body, headers=_NO_STORE | nonce)


async def _token_request(request: Request) -> TokenRequest:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise OAuthError("invalid_request", f"the body must be {FORM}")
    form = _form((await _body(request)).decode("utf-8", "replace"))
    return TokenRequest(form, tuple(request.headers.getlist("dpop")), str(request.url))


def _form(text: str) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=100)
    except ValueError as error:
        raise OAuthError("invalid_request", "too many parameters") from error
    if len(pairs) != len(dict(pairs)):
        raise OAuthError("invalid_request", "a parameter is there twice")
    return dict(pairs)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise OAuthError("invalid_request", "the body is too large")
    return bytes(body)


def _add_test_tokens(routes: APIRouter, service: TokenService) -> None:
    answers: dict[int | str, dict[str, Any]] = {400: {"description": "Bestillingen kan ikke innfris"}}

    @routes.post(
        "/v2/create-test-token-with-key", summary="Lag et test-token", responses=answers, openapi_extra=TEST_TOKEN_ORDER
    )
    @routes.post("/create-test-token", include_in_schema=False)
    async def create(request: Request) -> Response:
        try:
            made = make_test_token(service, read_ttt_request(orjson.loads(await _body(request))))
        except (orjson.JSONDecodeError, ValidationError, RecursionError):
            return _ttt_refusal("the body must be a test-token request with an audience")
        except OAuthError as error:
            return _ttt_refusal(error.text)
        answer = {"accessTokenJwt": made.access_token, "dPoPProof": made.proof}
        return _json({"isError": False, "successResponse": answer}, headers=_NO_STORE)

    @routes.get("/test-token-faults", summary="Alle feil som kan bestilles")
    async def faults() -> Response:
        return _json(fault_document())


def _ttt_refusal(text: str) -> Response:
    return _json({"isError": True, "errorResponse": {"errorMessage": text}}, status=400)


def _add_sign_in(routes: APIRouter, service: TokenService) -> None:
    answers: dict[int | str, dict[str, Any]] = {
        303: {"description": "Videre til klienten, med kode eller feil"},
        400: {"description": "Ukjent klient"},
    }

    @routes.get("/connect/authorize", summary="Logg inn med et klikk", responses=answers, openapi_extra=SIGN_IN_QUERY)
    async def authorize(request: Request) -> Response:
        query = dict(request.query_params)
        try:
            asked = read_sign_in(service, query)
            if "user" not in query:
                return _choice(service, asked, str(request.url))
            return RedirectResponse(signed_in(service, asked, query["user"]), status_code=303, headers=_NO_STORE)
        except RedirectError as error:
            return RedirectResponse(error.location, status_code=303)
        except OAuthError as error:
            return _refusal(error, request)


def _choice(service: TokenService, asked: SignInRequest, address: str) -> Response:
    """A page with one link per test user."""
    links = "".join(
        f'<li><a href="{escape(address)}&amp;user={quote(user.subject)}">{escape(user.name)}</a></li>'
        for user in service.test_users
    )
    page = (
        '<!doctype html><html lang="nb"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Velg testbruker</title>'
        f"<main><h1>Velg testbruker</h1><p>Logg inn i {escape(asked.client.name)} som:</p>"
        f"<ul>{links}</ul></main></html>"
    )
    policy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
    return HTMLResponse(page, headers=_NO_STORE | {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"})


def _refusal(error: OAuthError, request: Request) -> Response:
    headers = dict(_NO_STORE)
    if error.nonce is not None:
        headers["DPoP-Nonce"] = error.nonce
    if error.status == 401 and "authorization" in request.headers:
        headers["WWW-Authenticate"] = 'Basic realm="private_key_jwt only"'  # RFC 6749, 5.2
    return _json({"error": error.error, "error_description": error.text}, status=error.status, headers=headers)


def _json(content: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type="application/json")
