"""The token: kept while it lasts, renewed in time, changed when an API refuses it, and never where it can be read."""

from __future__ import annotations

import asyncio
import time

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.heard import Request
from hub.conformance.national.script import FaultyToken
from hub.conformance.plan import Group
from hub.conformance.suites.signin._doing import Work, working
from hub.conformance.suites.signin._jwt import read_jwt
from hub.conformance.suites.signin._shown import granted, sent_token
from hub.conformance.verdicts import Skipped, both, expect

GROUP = Group("signin", "token", both("Tokenet", "The token"), ("connector", "api-client"), place=40)
_FAULTS = {
    "wrong_signing_key": both("gal signeringsnøkkel", "wrong signing key"),
    "wrong_issuer": both("gal utsteder", "wrong issuer"),
    "wrong_audience": both("gal mottaker", "wrong audience"),
    "expired": both("utløpt", "expired"),
    "wrong_typ": both("gal type", "wrong type"),
    "wrong_key_binding": both("bundet til en annen nøkkel", "bound to another key"),
}
_GRANTED_S = 15.0
_MANY = 10
_WATCHED_S = 3.0
#: Twice what back-off from half a second, doubling, needs in that time, each try with a fresh token.
_MOST_TRIES = 12


@GROUP.test("reused", "TOK-1", both("Ett token til mange forespørsler", "One token for many requests"))
async def reused(bench: ConnectorBench) -> None:
    """Ten things are done with one token."""
    async with working(bench) as work:
        await work.do_something()
        await work.expect_done()
        await work.do_something(_MANY - 1)
        await work.expect_done(_MANY)
        number = len(granted(work))
        expect(
            number == 1,
            expected=both(f"ett token til {_MANY} forespørsler", f"one token for {_MANY} requests"),
            seen=both(f"{number} token hentet", f"{number} tokens fetched"),
        )


@GROUP.test("renewed", "TOK-2", both("Fornyet før det løper ut", "Renewed before it runs out"))
async def renewed(bench: ConnectorBench) -> None:
    """A token that has run out is not sent: the system knew for how long it lasts."""
    async with working(bench) as work:
        await _do_with_one(work, "short_lived")
        await work.expect_done()
        await asyncio.sleep(max(_expiry(granted(work)[0]) - time.time(), 0) + 0.2)
        before = len(work.at_api)
        await work.do_something()
        await work.expect_done(2)
        late = [r for r in work.at_api[before:] if _expiry(sent_token(r)) <= r.at.timestamp()]
        expect(
            not late,
            expected=both("et nytt token når det gamle er utløpt", "a new token when the old one has run out"),
            seen=both(f"{len(late)} forespørsler med utløpt token", f"{len(late)} requests with an expired token"),
        )


async def _refused(bench: ConnectorBench, fault: str) -> None:
    async with working(bench) as work:
        await _do_with_one(work, fault)
        await work.expect_done()
        _expect_another_token(work)


def _register_faults() -> None:
    for fault, name in _FAULTS.items():

        async def run(bench: ConnectorBench, fault: str = fault) -> None:
            """An API refuses a token; the system fetches another and gets its thing done, once."""
            await _refused(bench, fault)

        title = both(f"Avvist token: {name.nb}", f"Refused token: {name.en}")
        GROUP.test(f"refused-{fault.replace('_', '-')}", "TOK-3", title)(run)


_register_faults()


@GROUP.test("always-refused", "TOK-4", both("Alle token avvises: ingen hamring", "All tokens refused: no hammering"))
async def always_refused(bench: ConnectorBench) -> None:
    """While every token is refused the system takes its time, and nothing is lost."""
    async with working(bench) as work:
        work.lane.script.always(FaultyToken("wrong_signing_key"), kind="token")
        async with work.doing():
            await work.lane.heard.until(lambda _: work.at_api, within_s=_GRANTED_S)
            await asyncio.sleep(_WATCHED_S)
            tries = len(work.at_api)
            work.lane.script.never(kind="token")
        expect(
            tries <= _MOST_TRIES,
            expected=both(
                f"høyst {_MOST_TRIES} forsøk på {_WATCHED_S:g} sekunder",
                f"{_MOST_TRIES} tries in {_WATCHED_S:g} seconds at the most",
            ),
            seen=both(f"{tries} forsøk", f"{tries} tries"),
        )
        await work.expect_done()


@GROUP.test("not-in-urls", "TOK-5", both("Aldri i en adresse", "Never in an address"))
async def not_in_urls(bench: ConnectorBench) -> None:
    """A token goes in the Authorization header and nowhere else: addresses end up in logs."""
    async with working(bench) as work:
        await work.do_something()
        await work.lane.heard.until(lambda _: any(r.status for r in work.at_api), within_s=_GRANTED_S)
        tokens = granted(work)
        if not tokens:
            raise Skipped(both("systemet fikk ikke noe token", "the system got no token"))
        shown = [r for r in work.lane.heard.requests if any(token in r.url for token in tokens) or _names_token(r)]
        expect(
            not shown,
            expected=both("ingen token i adresser", "no token in addresses"),
            seen=both(f"token i {len(shown)} adresser", f"a token in {len(shown)} addresses"),
        )


@GROUP.test("bearer", "TOK-6", both("Bearer-token brukes som Bearer mot VKP", "A Bearer token is Bearer at VKP"))
async def bearer(bench: ConnectorBench) -> None:
    """The answer says of which type the token is, and VKP takes a token that is bound to no key."""
    async with working(bench, ("vkp",)) as work:
        await _do_with_one(work, "bearer")
        await work.expect_done()
        token = granted(work)[0]
        names = {_scheme(r) for r in work.at_api if sent_token(r) == token}
        expect(
            names == {"bearer"},
            expected=both("Authorization: Bearer", "Authorization: Bearer"),
            seen=both(", ".join(sorted(names)) or "tokenet ble ikke brukt", ", ".join(sorted(names)) or "not used"),
        )


@GROUP.test("bearer-to-jft", "TOK-7", both("Ubundet token er ikke DPoP", "An unbound token is no DPoP token"))
async def bearer_to_jft(bench: ConnectorBench) -> None:
    """A token that is bound to no key is not passed off as one that is."""
    async with working(bench, ("jft",)) as work:
        await _do_with_one(work, "bearer")
        await work.expect_done()
        token = granted(work)[0]
        passed_off = [r for r in work.at_api if sent_token(r) == token and _scheme(r) == "dpop"]
        expect(
            not passed_off,
            expected=both("tokenet sendes ikke som DPoP", "the token is not sent as DPoP"),
            seen=both(f"{len(passed_off)} ganger som DPoP", f"{len(passed_off)} times as DPoP"),
        )


async def _do_with_one(work: Work, fault: str) -> None:
    """Do something while the first token that is handed out has `fault`; the next ones are as they should be."""
    work.lane.script.always(FaultyToken(fault), kind="token")
    async with work.doing():
        await work.lane.heard.until(lambda _: granted(work), within_s=_GRANTED_S)
        work.lane.script.never(kind="token")
    expect(
        granted(work),
        expected=both("systemet henter et token", "the system fetches a token"),
        seen=both("det fikk ikke noe", "it got none"),
    )


def _expect_another_token(work: Work) -> None:
    tries, tokens = len([r for r in work.at_api if r.kind == work.kind]), len(granted(work))
    expect(
        tokens > 1 and tries <= _MOST_TRIES,
        expected=both("et nytt token, og få forsøk", "another token, and few tries"),
        seen=both(f"{tokens} token, {tries} forsøk", f"{tokens} tokens, {tries} tries"),
    )


def _scheme(request: Request) -> str:
    return request.header("authorization").partition(" ")[0].lower()


def _names_token(request: Request) -> bool:
    return "access_token=" in request.query.lower()


def _expiry(token: str) -> float:
    said = read_jwt(token)
    return (said.number("exp") if said else None) or 0.0
