"""Nonces: the token service demands one of every proof, and an API may (RFC 9449, sections 8 and 9)."""

from __future__ import annotations

from itertools import pairwise

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.script import Answer
from hub.conformance.plan import Group
from hub.conformance.suites.signin._doing import working
from hub.conformance.suites.signin._shown import (
    api_proofs,
    assertions,
    expect_each,
    expect_no_repeat,
    is_nonce_demand,
    proofs,
)
from hub.conformance.verdicts import Skipped, both, expect, listed
from hub.model.language import same

GROUP = Group("signin", "nonce", both("Nonce", "Nonces"), ("connector", "api-client"), place=30)
_ASKED_S = 15.0
_ASKED_AGAIN_S = 5.0
_FIRST, _SECOND = "samsvar-1", "samsvar-2"


@GROUP.test("token-service", "NON-1", both("Tokentjenestens nonce blir brukt", "The token service's nonce is used"))
async def token_service(bench: ConnectorBench) -> None:
    """After `use_dpop_nonce` comes a new proof that holds the nonce."""
    async with working(bench) as work:
        await work.do_something()
        await work.lane.heard.until(lambda _: len(work.at_tokens) > 1 or work.at_api, within_s=_ASKED_S)
        # On a slow machine the first demand may come when the system no longer waits for it: it is asked again.
        await work.lane.heard.until(lambda _: len(work.at_tokens) > 2 or work.at_api, within_s=_ASKED_AGAIN_S)
        asked = [s for s in proofs(work) if s.request.kind == "token"]
        pairs = [(demand, after) for demand, after in pairwise(asked) if is_nonce_demand(demand.request)]
        if not pairs:
            raise Skipped(both("tokentjenesten ba ikke om nonce", "the token service asked for no nonce"))
        demand, after = pairs[-1]
        expect_each(
            [after],
            lambda s: s.jwt.word("nonce") == demand.request.answer_headers["dpop-nonce"],
            expected=both("et nytt bevis med tjenestens nonce", "a new proof with the service's nonce"),
            seen=lambda s: f"nonce {listed([s.jwt.word('nonce')])}",
        )


@GROUP.test("new-assertion", "NON-2", both("Ny client_assertion med nonce", "A new client_assertion with the nonce"))
async def new_assertion(bench: ConnectorBench) -> None:
    """The assertion of a token request that asked for a nonce is used; the next request has another."""
    async with working(bench) as work:
        await work.do_something()
        await work.lane.heard.until(lambda _: len(work.at_tokens) > 1 or work.at_api, within_s=_ASKED_S)
        proofs(work)
        expect_no_repeat(
            assertions(work),
            expected=both("en ny client_assertion i forespørselen med nonce", "a new client_assertion with the nonce"),
        )


@GROUP.test("api", "NON-3", both("API-ets nonce blir brukt", "The API's nonce is used"))
async def api(bench: ConnectorBench) -> None:
    """An API that demands a nonce gets it, in a new proof, and the event is registered once."""
    async with working(bench) as work:
        work.lane.script.next(_demand(_FIRST), kind=work.kind)
        await work.do_something()
        await work.expect_done()
        again = [s for s in api_proofs(work) if s.request.kind == work.kind][1:]
        expect_each(
            again[:1],
            lambda s: s.jwt.word("nonce") == _FIRST,
            expected=both("API-ets nonce i neste bevis", "the API's nonce in the next proof"),
            seen=lambda s: f"nonce {listed([s.jwt.word('nonce')])}",
        )


@GROUP.test("api-changes", "NON-4", both("Ny nonce overtar for den gamle", "A new nonce takes over from the old"))
async def api_changes(bench: ConnectorBench) -> None:
    """When an API names another nonce, that is the one used from then on."""
    async with working(bench) as work:
        for done, nonce in enumerate((_FIRST, _SECOND), 1):
            work.lane.script.next(_demand(nonce), kind=work.kind)
            await work.do_something()
            await work.expect_done(done)
        await work.do_something()
        await work.expect_done(3)
        last = [s for s in api_proofs(work) if s.request.kind == work.kind][-1]
        expect(
            last.jwt.word("nonce") == _SECOND,
            expected=both("den nyeste nonce fra API-et", "the API's newest nonce"),
            seen=same(f"nonce {listed([last.jwt.word('nonce')])}"),
        )


def _demand(nonce: str) -> Answer:
    return Answer(401, {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"', "DPoP-Nonce": nonce})
