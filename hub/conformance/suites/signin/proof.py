"""The DPoP proof: that who sends a request holds the key that the token is bound to (RFC 9449)."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.script import Answer
from hub.conformance.plan import Group
from hub.conformance.suites.signin._doing import Work, working
from hub.conformance.suites.signin._jwt import PRIVATE_MEMBERS, read_jwt, thumbprint
from hub.conformance.suites.signin._shown import (
    Shown,
    api_proofs,
    expect_each,
    expect_no_repeat,
    is_refused,
    proofs,
    sent_token,
)
from hub.conformance.verdicts import both, expect
from hub.jose.address import normal_address
from hub.jose.proof import hash_of

GROUP = Group("signin", "proof", both("DPoP-beviset", "The DPoP proof"), ("connector", "api-client"), place=20)
_OLDEST_S, _AHEAD_S = 60, 10
_SEEN_S = 15.0


@GROUP.test("address", "DPOP-1", both("Adressen er forespørselens", "The address is the request's"))
async def address(bench: ConnectorBench) -> None:
    """`htu` is the address that the request goes to, without query and fragment."""
    async with _at_work(bench) as work:
        expect_each(
            proofs(work),
            lambda s: _is_address_of(s),
            expected=both(
                "htu er adressen som forespørselen sendes til, uten spørring og fragment",
                "htu is the address that the request is sent to, without query and fragment",
            ),
            seen=lambda s: "uten htu / no htu" if s.jwt.word("htu") is None else "en annen htu / another htu",
        )


@GROUP.test("method", "DPOP-2", both("Metoden er forespørselens", "The method is the request's"))
async def method(bench: ConnectorBench) -> None:
    """`htm` is the request's method."""
    async with _at_work(bench) as work:
        expect_each(
            proofs(work),
            lambda s: s.jwt.word("htm") == s.request.method,
            expected=both("htm er forespørselens metode", "htm is the request's method"),
            seen=lambda s: f"htm {s.jwt.word('htm')}, {s.request.method}",
        )


@GROUP.test("not-old", "DPOP-3", both("Laget nå, ikke før", "Made now, not before"))
async def not_old(bench: ConnectorBench) -> None:
    """`iat` is there, and not long ago."""
    async with _at_work(bench) as work:
        expect_each(
            proofs(work),
            lambda s: _age_s(s) is not None and (_age_s(s) or 0) <= _OLDEST_S,
            expected=both(f"iat er høyst {_OLDEST_S} sekunder siden", f"iat is {_OLDEST_S} seconds ago at the most"),
            seen=lambda s: f"iat {_age_text(s)}",
        )


@GROUP.test("not-ahead", "DPOP-4", both("Ikke laget i framtiden", "Not made in the future"))
async def not_ahead(bench: ConnectorBench) -> None:
    """`iat` is not ahead of the clock."""
    async with _at_work(bench) as work:
        expect_each(
            proofs(work),
            lambda s: (_age_s(s) or 0) >= -_AHEAD_S,
            expected=both("iat er ikke i framtiden", "iat is not in the future"),
            seen=lambda s: f"iat {_age_text(s)}",
        )


@GROUP.test("token-hash", "DPOP-5", both("Beviset gjelder tokenet", "The proof is about the token"))
async def token_hash(bench: ConnectorBench) -> None:
    """`ath` is the hash of the token that the request brings, at the API."""
    async with _at_work(bench) as work:
        expect_each(
            api_proofs(work),
            lambda s: s.jwt.word("ath") == hash_of(sent_token(s.request)),
            expected=both("ath er tokenets SHA-256", "ath is the token's SHA-256"),
            seen=lambda s: "uten ath / no ath" if s.jwt.word("ath") is None else "en annen ath / another ath",
        )


@GROUP.test("algorithm", "DPOP-6", both("Asymmetrisk algoritme", "An asymmetric algorithm"))
async def algorithm(bench: ConnectorBench) -> None:
    """`alg` is one of RS, PS and ES."""
    async with _at_work(bench) as work:
        expect_each(
            proofs(work),
            lambda s: s.jwt.is_asymmetric,
            expected=both("alg er av slaget RS, PS eller ES", "alg is of the kind RS, PS or ES"),
            seen=lambda s: f"alg {s.jwt.header.get('alg')}",
        )


@GROUP.test("key", "DPOP-7", both("Den offentlige nøkkelen er med", "The public key is there"))
async def key(bench: ConnectorBench) -> None:
    """`jwk` holds the public key."""
    async with _at_work(bench) as work:
        expect_each(
            proofs(work),
            lambda s: thumbprint(s.jwt.jwk) is not None,
            expected=both("jwk er en offentlig nøkkel (RSA eller EC)", "jwk is a public key (RSA or EC)"),
            seen=lambda s: f"jwk: {s.jwt.jwk.get('kty', 'ingen / none')}",
        )


@GROUP.test("used-once", "DPOP-8", both("Hvert bevis brukes én gang", "Each proof is used once"))
async def used_once(bench: ConnectorBench) -> None:
    """Every request has a proof with a `jti` of its own."""
    async with _at_work(bench, times=3) as work:
        expect_no_repeat(proofs(work), expected=both("en ny jti i hver forespørsel", "a new jti in every request"))


@GROUP.test("private-key", "DPOP-9", both("Bevisets nøkkel forblir privat", "The proof's key stays private"))
async def private_key(bench: ConnectorBench) -> None:
    """`jwk` holds no private member."""
    async with _at_work(bench) as work:
        expect_each(
            proofs(work),
            lambda s: not _private(s),
            expected=both("ingen private deler i jwk", "no private members in jwk"),
            seen=lambda s: ", ".join(_private(s)),
        )


@GROUP.test("type", "DPOP-10", both("Typen er dpop+jwt", "The type is dpop+jwt"))
async def type_(bench: ConnectorBench) -> None:
    """`typ` is `dpop+jwt`."""
    async with _at_work(bench) as work:
        expect_each(
            proofs(work),
            lambda s: s.jwt.header.get("typ") == "dpop+jwt",
            expected=both("typ er dpop+jwt", "typ is dpop+jwt"),
            seen=lambda s: f"typ {s.jwt.header.get('typ')}",
        )


@GROUP.test("signature", "DPOP-11", both("Signert med nøkkelen i beviset", "Signed by the key in the proof"))
async def signature(bench: ConnectorBench) -> None:
    """The key in `jwk` verifies the signature."""
    async with _at_work(bench) as work:
        expect_each(
            proofs(work),
            lambda s: s.jwt.is_signed_by(s.jwt.jwk),
            expected=both("signaturen er laget med nøkkelen i jwk", "the signature is made by the key in jwk"),
            seen=lambda s: f"alg {s.jwt.header.get('alg')}, jwk {s.jwt.jwk.get('kty')}",
        )


@GROUP.test("scheme", "DPOP-12", both("Tokenet sendes som DPoP til JFT", "The token goes to JFT as DPoP"))
async def scheme(bench: ConnectorBench) -> None:
    """JFT, PIT and PMD take no Bearer: each request has `Authorization: DPoP` and a proof."""
    async with working(bench, ("jft",)) as work:
        await _do_and_see(work)
        said = [(r.header("authorization").partition(" ")[0].lower(), bool(r.header("dpop"))) for r in work.at_api]
        expect(
            said and all(each == ("dpop", True) for each in said),
            expected=both("Authorization: DPoP og et bevis", "Authorization: DPoP and a proof"),
            seen=both(
                "; ".join(f"{name or '–'}, {'med' if proof else 'uten'} bevis" for name, proof in said) or "ingen",
                "; ".join(f"{name or '–'}, {'with' if proof else 'no'} proof" for name, proof in said) or "none",
            ),
        )


@GROUP.test("sent-again", "DPOP-13", both("Ny sending, nytt bevis", "Sent again, a new proof"))
async def sent_again(bench: ConnectorBench) -> None:
    """What is sent again after an error has a new proof; with the old one it would look like a thief's."""
    async with working(bench) as work:
        work.lane.script.next(Answer(503), kind=work.kind)
        await work.do_something()
        if work.kind == "read":
            await work.expect_done()  # it is for us to ask again
        await work.lane.heard.until(lambda h: len(h.of_kind(work.kind)) > 1, within_s=_SEEN_S)
        expect_no_repeat(
            [s for s in api_proofs(work) if s.request.kind == work.kind],
            expected=both("nytt bevis ved hver sending", "a new proof at each sending"),
        )


@GROUP.test(
    "same-key", "DPOP-14", both("Tokenet er bundet til bevisets nøkkel", "The token is bound to the proof's key")
)
async def same_key(bench: ConnectorBench) -> None:
    """At the API the proof has the key that the token was asked for with."""
    async with _at_work(bench, times=2) as work:
        expect_each(
            api_proofs(work),
            lambda s: _bound_to(s) == thumbprint(s.jwt.jwk),
            expected=both("samme nøkkel som i tokenets cnf.jkt", "the same key as in the token's cnf.jkt"),
            seen=lambda s: "en annen nøkkel / another key",
        )


@contextlib.asynccontextmanager
async def _at_work(bench: ConnectorBench, times: int = 1) -> AsyncIterator[Work]:
    """Things were done that need a token, and the API has answered, or the token service has refused."""
    async with working(bench) as work:
        for _ in range(times):
            await _do_and_see(work)
        yield work


async def _do_and_see(work: Work) -> None:
    before = len(work.at_api)
    await work.do_something()
    await work.lane.heard.until(lambda _: _was_seen(work, beyond=before), within_s=_SEEN_S)


def _was_seen(work: Work, *, beyond: int) -> bool:
    return is_refused(work) or any(r.status for r in work.at_api[beyond:])


def _is_address_of(shown: Shown) -> bool:
    htu = shown.jwt.word("htu")
    return (
        htu is not None
        and "?" not in htu
        and "#" not in htu
        and normal_address(htu) == normal_address(shown.request.url)
    )


def _age_s(shown: Shown) -> float | None:
    made_at = shown.jwt.number("iat")
    return None if made_at is None else shown.request.at.timestamp() - made_at


def _age_text(shown: Shown) -> str:
    age = _age_s(shown)
    return "mangler / missing" if age is None else f"{-age:+.0f} s"


def _private(shown: Shown) -> list[str]:
    return [name for name in PRIVATE_MEMBERS if name in shown.jwt.jwk]


def _bound_to(shown: Shown) -> str | None:
    token = read_jwt(sent_token(shown.request))
    binding = token.claims.get("cnf") if token else None
    return binding.get("jkt") if isinstance(binding, dict) else None
