"""The client assertion: how a system proves to HelseID who it is (private_key_jwt)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.heard import Request
from hub.conformance.national.script import Answer
from hub.conformance.plan import Group
from hub.conformance.suites.signin._doing import Work, working
from hub.conformance.suites.signin._jwt import PRIVATE_MEMBERS, read_jwt
from hub.conformance.suites.signin._shown import (
    Shown,
    assertions,
    expect_each,
    expect_no_repeat,
    form,
    granted,
    is_refused,
    was_answered,
)
from hub.conformance.verdicts import both, expect

GROUP = Group(
    "signin",
    "assertion",
    both("Klientens bevis (client_assertion)", "The client's assertion"),
    ("connector", "api-client"),
    place=10,
)
_LONGEST_S = 60
#: How far the system's clock may differ from ours.
_CLOCKS_S = 5
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: A number of the key that is shorter than this could stand in a text by chance.
_TELLING = 20
_ANSWERED_S = 15.0


@GROUP.test("client", "AST-1", both("Utsteder og subjekt er klienten", "Issuer and subject are the client"))
async def client(bench: ConnectorBench) -> None:
    """`iss` and `sub` are both the client id."""
    async with _after_sign_in(bench) as work:
        wanted = work.lane.client.client_id
        expect_each(
            assertions(work),
            lambda s: s.jwt.word("iss") == s.jwt.word("sub") == wanted == form(s.request).get("client_id", wanted),
            expected=both("iss og sub er klientens id", "iss and sub are the client's id"),
            seen=lambda s: f"iss {s.jwt.word('iss')}, sub {s.jwt.word('sub')}",
        )


@GROUP.test("audience", "AST-2", both("Mottakeren er utstederen", "The audience is the issuer"))
async def audience(bench: ConnectorBench) -> None:
    """`aud` is the token service's issuer, alone."""
    async with _after_sign_in(bench) as work:
        issuer = work.lane.client.issuer
        expect_each(
            assertions(work),
            lambda s: s.jwt.claims.get("aud") in (issuer, [issuer]),
            expected=both(f"aud er utstederen {issuer}, og ingen andre", f"aud is the issuer {issuer}, and no other"),
            seen=lambda s: f"aud {s.jwt.claims.get('aud')}",
        )


@GROUP.test("lifetime", "AST-3", both("Gyldig i høyst 60 sekunder", "Valid for 60 seconds at the most"))
async def lifetime(bench: ConnectorBench) -> None:
    """`exp` is ahead of the request, by a minute at the most."""
    async with _after_sign_in(bench) as work:
        expect_each(
            assertions(work),
            lambda s: -_CLOCKS_S <= _seconds_left(s) <= _LONGEST_S + _CLOCKS_S,
            expected=both("exp er 0 til 60 sekunder fram i tid", "exp is 0 to 60 seconds ahead"),
            seen=lambda s: f"exp {_seconds_left(s):+.0f} s",
        )


@GROUP.test("used-once", "AST-4", both("Hvert bevis brukes én gang", "Each assertion is used once"))
async def used_once(bench: ConnectorBench) -> None:
    """Every token request has an assertion with a `jti` of its own."""
    async with working(bench) as work:
        work.lane.script.next(Answer(401, {"WWW-Authenticate": 'DPoP error="invalid_token"'}), kind=work.kind)
        async with work.doing():
            await work.lane.heard.until(lambda _: len(granted(work)) > 1 or is_refused(work), within_s=_ANSWERED_S)
        expect_no_repeat(
            assertions(work), expected=both("en ny jti i hver token-forespørsel", "a new jti in every token request")
        )


@GROUP.test("algorithm", "AST-5", both("Asymmetrisk algoritme", "An asymmetric algorithm"))
async def algorithm(bench: ConnectorBench) -> None:
    """`alg` is one of RS, PS and ES."""
    async with _after_sign_in(bench) as work:
        expect_each(
            assertions(work),
            lambda s: s.jwt.is_asymmetric,
            expected=both("alg er av slaget RS, PS eller ES", "alg is of the kind RS, PS or ES"),
            seen=lambda s: f"alg {s.jwt.header.get('alg')}",
        )


@GROUP.test("type", "AST-6", both("Typen sier hva det er", "The type says what it is"))
async def type_(bench: ConnectorBench) -> None:
    """`typ` is `client-authentication+jwt`; older clients say `JWT` or nothing and are let in so far."""
    async with _after_sign_in(bench) as work:
        expect_each(
            assertions(work),
            lambda s: s.jwt.header.get("typ") == "client-authentication+jwt",
            expected=both("typ er client-authentication+jwt", "typ is client-authentication+jwt"),
            seen=lambda s: f"typ {s.jwt.header.get('typ')}",
        )


@GROUP.test("signature", "AST-7", both("Signert med klientens nøkkel", "Signed by the client's key"))
async def signature(bench: ConnectorBench) -> None:
    """The client's registered key verifies the signature."""
    async with _after_sign_in(bench) as work:
        key = work.lane.orders.client_jwk
        expect_each(
            assertions(work),
            lambda s: s.jwt.is_signed_by(key),
            expected=both("signaturen er laget med klientens nøkkel", "the signature is made by the client's key"),
            seen=lambda s: "alg {}, kid {}".format(s.jwt.header.get("alg"), s.jwt.header.get("kid")),
        )


@GROUP.test("key-id", "AST-8", both("Nøkkelen er navngitt", "The key is named"))
async def key_id(bench: ConnectorBench) -> None:
    """`kid` names the client's key, so that keys can be changed without a stop."""
    async with _after_sign_in(bench) as work:
        wanted = work.lane.orders.client_jwk.get("kid")
        expect_each(
            assertions(work),
            lambda s: s.jwt.header.get("kid") == wanted,
            expected=both(f"kid er nøkkelens id, {wanted}", f"kid is the key's id, {wanted}"),
            seen=lambda s: f"kid {s.jwt.header.get('kid')}",
        )


@GROUP.test("form", "AST-9", both("Forespørselen er som den skal være", "The request is as it should be"))
async def form_(bench: ConnectorBench) -> None:
    """A form by POST that asks for `client_credentials` with an assertion of the right type."""
    async with _after_sign_in(bench) as work:
        expect_each(
            assertions(work),
            lambda s: _is_right_form(s),
            expected=both(
                "POST med skjema, grant_type client_credentials og client_assertion_type jwt-bearer",
                "POST with a form, grant_type client_credentials and client_assertion_type jwt-bearer",
            ),
            seen=lambda s: "{} {}, {}, {}".format(
                s.request.method,
                s.request.header("content-type"),
                form(s.request).get("grant_type"),
                form(s.request).get("client_assertion_type"),
            ),
        )


@GROUP.test("scopes", "AST-10", both("Bare omfang som klienten har", "Only scopes that the client has"))
async def scopes(bench: ConnectorBench) -> None:
    """No scope is asked for that the client was not given."""
    async with _after_sign_in(bench) as work:
        own = set(work.lane.client.scopes)
        expect_each(
            assertions(work),
            lambda s: set(form(s.request).get("scope", "").split()) <= own,
            expected=both("bare omfang som klienten har fått", "only scopes that the client was given"),
            seen=lambda s: " ".join(sorted(set(form(s.request).get("scope", "").split()) - own)),
        )


@GROUP.test("no-secret", "AST-11", both("Ingen hemmelighet i tillegg", "No secret beside it"))
async def no_secret(bench: ConnectorBench) -> None:
    """Neither `client_secret` nor HTTP Basic: private_key_jwt alone."""
    async with _after_sign_in(bench) as work:
        expect_each(
            assertions(work),
            lambda s: "client_secret" not in form(s.request) and not s.request.header("authorization"),
            expected=both("bare client_assertion", "client_assertion alone"),
            seen=lambda s: "client_secret" if "client_secret" in form(s.request) else "Authorization",
        )


@GROUP.test("private-key", "AST-12", both("Den private nøkkelen forblir privat", "The private key stays private"))
async def private_key(bench: ConnectorBench) -> None:
    """No part of the client's private key is in anything that is sent, signed parts included."""
    async with _after_sign_in(bench) as work:
        key = work.lane.orders.client_jwk
        secrets = [str(key[name]) for name in PRIVATE_MEMBERS if len(str(key.get(name, ""))) > _TELLING]
        leaking = [r for r in work.lane.heard.requests if any(s in text for s in secrets for text in _all_of(r))]
        expect(
            not leaking,
            expected=both("ingen del av den private nøkkelen sendes", "no part of the private key is sent"),
            seen=both(f"deler av den i {len(leaking)} forespørsler", f"parts of it in {len(leaking)} requests"),
        )


@contextlib.asynccontextmanager
async def _after_sign_in(bench: ConnectorBench) -> AsyncIterator[Work]:
    """Something was done that needs a token, and the token service has made up its mind about it."""
    async with working(bench) as work:
        await work.do_something()
        await work.lane.heard.until(lambda _: was_answered(work), within_s=_ANSWERED_S)
        yield work


def _seconds_left(shown: Shown) -> float:
    expires_at = shown.jwt.number("exp")
    return float("inf") if expires_at is None else expires_at - shown.request.at.timestamp()


def _is_right_form(shown: Shown) -> bool:
    said, request = form(shown.request), shown.request
    return (
        request.method == "POST"
        and request.header("content-type").partition(";")[0].strip() == "application/x-www-form-urlencoded"
        and said.get("grant_type") == "client_credentials"
        and said.get("client_assertion_type") == _ASSERTION_TYPE
    )


def _all_of(request: Request) -> list[str]:
    """What a request says, and what the JWTs in it say."""
    said = [*form(request).values(), *(part for value in request.headers.values() for part in value.split())]
    jwts = [jwt for jwt in map(read_jwt, said) if jwt is not None]
    inside = [json.dumps([dict(jwt.header), dict(jwt.claims)]) for jwt in jwts]
    return [request.url, request.body.decode("utf-8", "replace"), *said, *inside]
