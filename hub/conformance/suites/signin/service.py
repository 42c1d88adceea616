"""The token service is away, fails, or says no: nothing is lost, nothing is sent without a token, nobody hammers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import orjson

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.heard import Request
from hub.conformance.national.script import Answer, Cut, Fault, Kind, Silence
from hub.conformance.plan import Group
from hub.conformance.suites.signin._doing import Work, working
from hub.conformance.verdicts import both, expect

GROUP = Group(
    "signin",
    "service",
    both("Tokentjenesten svikter", "The token service fails"),
    ("connector", "api-client"),
    place=50,
)
_ASKED_S = 15.0
_AWAY_S = 1.5
_WATCHED_S = 3.0
#: Twice what back-off from half a second, doubling, needs in that time.
_MOST_TRIES = 8
_JSON = {"Content-Type": "application/json"}
_KINDS: tuple[Kind, ...] = ("token", "discovery")


@GROUP.test("down", "TOK-8", both("Tokentjenesten er nede", "The token service is down"))
async def down(bench: ConnectorBench) -> None:
    """Connections break; what was told waits, and is delivered when the service is back."""
    await _away(bench, Cut("before"), kinds=_KINDS)


@GROUP.test("error", "TOK-9", both("Tokentjenesten svarer 500", "The token service answers 500"))
async def error(bench: ConnectorBench) -> None:
    """The service fails; what was told waits."""
    await _away(bench, Answer(500, _JSON, b'{"error": "server_error"}'))


@GROUP.test("silent", "TOK-10", both("Tokentjenesten svarer ikke", "The token service doesn't answer"))
async def silent(bench: ConnectorBench) -> None:
    """No answer comes; what was told waits."""
    await _away(bench, Silence("before"))


@GROUP.test("rubbish", "TOK-11", both("Tokentjenesten svarer med noe annet", "The token service answers rubbish"))
async def rubbish(bench: ConnectorBench) -> None:
    """An answer that holds no token (a proxy's page); what was told waits."""
    await _away(bench, Answer(200, {"Content-Type": "text/html"}, b"<html><body>Logg inn</body></html>"))


@GROUP.test("patience", "TOK-12", both("Ingen hamring på tokentjenesten", "No hammering at the token service"))
async def patience(bench: ConnectorBench) -> None:
    """While the service fails it is asked now and then, not all the time."""
    await _watch(bench, Answer(500, _JSON, b'{"error": "server_error"}'))


@GROUP.test("invalid-client", "TOK-13", both("Klienten er ukjent", "The client is not known"))
async def invalid_client(bench: ConnectorBench) -> None:
    """`invalid_client`: nothing gets better by asking at once again, and nothing is lost meanwhile."""
    await _watch(bench, Answer(401, _JSON, b'{"error": "invalid_client"}'))


@GROUP.test(
    "discovery", "TOK-14", both("Adressen kommer fra tokentjenesten", "The address is the token service's word")
)
async def discovery(bench: ConnectorBench) -> None:
    """The token endpoint is where the service's configuration says that it is."""
    async with working(bench) as work:
        issuer = work.lane.client.issuer
        path = "/helseid/samsvar/connect/token"
        endpoint = f"{work.lane.base}{path}"
        said = {"issuer": issuer, "token_endpoint": endpoint, "jwks_uri": f"{issuer}/.well-known/jwks.json"}
        work.lane.script.always(Answer(200, _JSON, orjson.dumps(said)), kind="discovery")
        async with work.doing():
            await work.lane.heard.until(lambda _: work.at_tokens, within_s=_ASKED_S)
        asked = {r.path for r in work.at_tokens}
        expect(
            asked == {path},
            expected=both(f"token hentes på {path}", f"tokens are asked for at {path}"),
            seen=both(", ".join(sorted(asked)) or "ingen steder", ", ".join(sorted(asked)) or "nowhere"),
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was seen while the service failed: requests at the token service, and at the APIs."""

    tries: int
    sent: int


async def _away(bench: ConnectorBench, fault: Fault, *, kinds: tuple[Kind, ...] = ("token",)) -> None:
    """While the service is away nothing is sent; when it is back everything is, once."""
    async with working(bench) as work:
        seen = await _do_while(work, fault, kinds=kinds, for_s=_AWAY_S)
        expect(
            not seen.sent,
            expected=both("ingenting sendes uten token", "nothing is sent without a token"),
            seen=both(f"{seen.sent} forespørsler ved API-et", f"{seen.sent} requests at the API"),
        )
        await work.expect_done()


async def _watch(bench: ConnectorBench, fault: Fault) -> None:
    """While the service says no it is left in peace, most of the time; when it says yes everything is done, once."""
    async with working(bench) as work:
        seen = await _do_while(work, fault, kinds=("token",), for_s=_WATCHED_S)
        expect(
            seen.tries <= _MOST_TRIES,
            expected=both(
                f"høyst {_MOST_TRIES} forespørsler på {_WATCHED_S:g} sekunder",
                f"{_MOST_TRIES} requests in {_WATCHED_S:g} seconds at the most",
            ),
            seen=both(f"{seen.tries} forespørsler", f"{seen.tries} requests"),
        )
        await work.expect_done()


async def _do_while(work: Work, fault: Fault, *, kinds: tuple[Kind, ...], for_s: float) -> _Seen:
    for kind in kinds:
        work.lane.script.always(fault, kind=kind)
    async with work.doing():
        await work.lane.heard.until(lambda _: _asked(work), within_s=_ASKED_S)
        await asyncio.sleep(for_s)
        seen = _Seen(len(_asked(work)), len(work.at_api))
        for kind in kinds:
            work.lane.script.never(kind=kind)
    return seen


def _asked(work: Work) -> list[Request]:
    return [r for r in work.lane.heard.requests if r.kind in _KINDS]
