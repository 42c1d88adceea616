"""What goes wrong: refusals, rate limits, servers that are away or broken, answers that are none."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.heard import Request
from hub.conformance.national.script import Answer, Cut, Fault, Silence
from hub.conformance.plan import Group
from hub.conformance.suites.client._asking import FHIR_JSON, LINE, Asking, asking, expect_ids, outcome
from hub.conformance.suites.client._seeding import seed_notes
from hub.conformance.verdicts import both, expect

GROUP = Group("client", "failures", both("Når noe går galt", "When something goes wrong"), ("api-client",), place=50)
_READ, _SEARCH = "jft.read", "vkp.search"
_PAUSE_S = 2.0
#: How far a rounded date may be from the moment meant.
_CLOCKS_S = 0.1
#: More questions than this about one thing, while the answer is no, is hammering.
_MOST = 10
_GIVES_UP_S = 28.0


@GROUP.test("bad-request", "CLI-2", both("Et avslag blir vist", "A refusal is shown"))
async def bad_request(bench: ConnectorBench) -> None:
    """400 with an OperationOutcome: an error, and the same is not asked again."""
    async with asking(bench, _SEARCH) as it:
        it.lane.script.always(outcome(400, "Oppslaget kan ikke leses."), kind="read")
        await it.fail(_SEARCH, resource="condition", patient=LINE)
        expect(
            len(it.asked("vkp")) == 1,
            expected=both("ett spørsmål", "one question"),
            seen=both(f"{len(it.asked('vkp'))} like spørsmål", f"{len(it.asked('vkp'))} equal questions"),
        )


@GROUP.test("retry-after", "CLI-10", both("Retry-After blir respektert", "Retry-After is respected"))
async def retry_after(bench: ConnectorBench) -> None:
    """429 with `Retry-After` in seconds: nothing is asked of that API before they have passed."""
    async with asking(bench, _READ) as it:
        it.lane.script.next(outcome(429, "For mange kall.", retry_after=f"{_PAUSE_S:g}"), kind="read")
        await it.ask(_READ)
        _expect_pause(it)


@GROUP.test("retry-after-date", "CLI-11", both("Retry-After som tidspunkt", "Retry-After as a date"))
async def retry_after_date(bench: ConnectorBench) -> None:
    """503 with `Retry-After` as an HTTP date."""
    async with asking(bench, _READ) as it:
        at = (datetime.now(UTC) + timedelta(seconds=_PAUSE_S + 4)).replace(microsecond=0)
        it.lane.script.next(outcome(503, "Vedlikehold.", retry_after=format_datetime(at, usegmt=True)), kind="read")
        await it.ask(_READ)
        again = [request.at for request in it.asked("jft")[1:]]
        expect(
            all(moment >= at - timedelta(seconds=_CLOCKS_S) for moment in again),
            expected=both(f"intet nytt spørsmål før {at:%H:%M:%S}", f"no question before {at:%H:%M:%S}"),
            seen=both(f"spurt igjen {again[:1]}", f"asked again {again[:1]}"),
        )


@GROUP.test("asked-again", "CLI-13", both("Det som feilet, spørres om igjen", "What failed is asked again"))
async def asked_again(bench: ConnectorBench) -> None:
    """503 once: the same question a little later has its answer, and nobody noticed."""
    async with asking(bench, _READ) as it:
        wanted = await seed_notes(bench, it.lane, 2)
        it.lane.script.next(Answer(503), kind="read")
        expect_ids(await it.get(_READ), wanted)


@GROUP.test("gives-up", "CLI-12", both("Gir seg etter noen forsøk", "Gives up after some attempts"))
async def gives_up(bench: ConnectorBench) -> None:
    """503 for ever: an error before long, after few questions with pauses between them."""
    async with asking(bench, _READ) as it:
        it.lane.script.always(Answer(503), kind="read")
        await _fails_in_time(it)
        asked = it.asked("jft")
        close = sum(gap < 0.2 for gap in _gaps(asked))
        expect(
            len(asked) <= _MOST and close == 0,
            expected=both(f"høyst {_MOST} spørsmål, med pauser", f"{_MOST} questions at the most, with pauses"),
            seen=both(f"{len(asked)} spørsmål, {close} uten pause", f"{len(asked)} questions, {close} without a pause"),
        )


@GROUP.test("silence", "CLI-14", both("Et API som ikke svarer", "An API that doesn't answer"))
async def silence(bench: ConnectorBench) -> None:
    """No answer: the client gives up in time, says so, and asks as usual when the API is back."""
    await _bears(bench, Silence("before"))


@GROUP.test("cut", "CLI-14", both("Forbindelsen ryker", "The connection breaks"))
async def cut(bench: ConnectorBench) -> None:
    """Broken connections: an error, and as usual when the API is back."""
    await _bears(bench, Cut("before"))


@GROUP.test("server-error", "CLI-14", both("Serverfeil", "Server errors"))
async def server_error(bench: ConnectorBench) -> None:
    """500 for ever: an error, and as usual when the API is back."""
    await _bears(bench, Answer(500, body=b"<html>Internal Server Error</html>"))


@GROUP.test("expired-token", "CLI-15", both("Utløpt token blir fornyet", "An expired token is renewed"))
async def expired_token(bench: ConnectorBench) -> None:
    """401 with `invalid_token` once: a new token is fetched, and the question is answered."""
    async with asking(bench, _READ) as it:
        wanted = await seed_notes(bench, it.lane, 2)
        expect_ids(await it.get(_READ), wanted)
        before = len(it.lane.heard.of_kind("token"))
        it.lane.script.next(Answer(401, {"www-authenticate": 'DPoP error="invalid_token"'}), kind="read")
        expect_ids(await it.get(_READ), wanted)
        expect(
            len(it.lane.heard.of_kind("token")) > before,
            expected=both("et nytt token", "a new token"),
            seen=both("det gamle tokenet igjen", "the old token again"),
        )


@GROUP.test("never-let-in", "CLI-16", both("Blir aldri sluppet inn", "Is never let in"))
async def never_let_in(bench: ConnectorBench) -> None:
    """401 for ever: an error after few attempts, and few tokens."""
    async with asking(bench, _READ) as it:
        it.lane.script.always(Answer(401, {"www-authenticate": 'DPoP error="invalid_token"'}), kind="read")
        await _fails_in_time(it)
        asked, tokens = len(it.asked("jft")), len(it.lane.heard.of_kind("token"))
        expect(
            asked <= _MOST and tokens <= _MOST,
            expected=both(f"høyst {_MOST} spørsmål og tokener", f"{_MOST} questions and tokens at the most"),
            seen=both(f"{asked} spørsmål, {tokens} tokenkall", f"{asked} questions, {tokens} token requests"),
        )


@GROUP.test("not-fhir", "CLI-17", both("Et svar som ikke er FHIR", "An answer that is not FHIR"))
async def not_fhir(bench: ConnectorBench) -> None:
    """A page of a proxy, half a Bundle, an OperationOutcome with 200: an error, never «nothing found»."""
    async with asking(bench, _SEARCH) as it:
        for body in (
            b"<html><body>Logg inn</body></html>",
            b'{"resourceType":"Bundle","type":"searchset","entry":[',
            b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception"}]}',
        ):
            it.lane.script.always(Answer(200, {"content-type": FHIR_JSON}, body), kind="read")
            await it.fail(_SEARCH, resource="allergyintolerance", patient=LINE)


@GROUP.test("elsewhere", "CLI-4", both("Omdirigert til noen andre", "Redirected to somebody else"))
async def elsewhere(bench: ConnectorBench) -> None:
    """A redirection to another host: the token and the patient's number don't follow it."""
    async with bench.lane() as other, asking(bench, _SEARCH) as it:
        to = {"location": f"{other.base}/epj/r4/{it.lane.municipality}/condition/_search"}
        it.lane.script.always(Answer(307, to), kind="read")
        await it.ask(_SEARCH, resource="condition", patient=LINE)
        sent = [r for r in other.heard.requests if r.header("authorization") or LINE.value.encode() in r.body]
        expect(
            it.asked("vkp") and not sent,
            expected=both("ingenting til en annen vert", "nothing to another host"),
            seen=both(f"{len(sent)} forespørsler dit", f"{len(sent)} requests there"),
        )


@GROUP.test("errors-name-nobody", "CLI-18", both("Feiltekster nevner ingen", "Error texts name nobody"))
async def errors_name_nobody(bench: ConnectorBench) -> None:
    """The API's text repeats the patient's number: the client's error and its log don't."""
    who = bench.patient()
    async with asking(bench, _SEARCH) as it:
        it.lane.script.always(outcome(400, f"Pasienten {who.value} har ikke tjenesten."), kind="read")
        error = await it.fail(_SEARCH, resource="condition", patient=who)
        await asyncio.sleep(0.1)  # what is written to a log may come a little later
        log = bench.system.output() if "output" in bench.system.can else ""
        places = [name for name, text in (("feilen", error), ("loggen", log)) if who.value in text]
        expect(
            not places,
            expected=both("ingen fødselsnummer", "no identity number"),
            seen=both(f"nummeret i {' og '.join(places)}", f"the number in {len(places)} places (error, log)"),
        )


async def _bears(bench: ConnectorBench, fault: Fault) -> None:
    async with asking(bench, _READ, timeout_s=1.0) as it:
        wanted = await seed_notes(bench, it.lane, 2)
        it.lane.script.always(fault, kind="read")
        await _fails_in_time(it)
        it.lane.script.never(kind="read")
        expect_ids(await it.get(_READ), wanted)


async def _fails_in_time(it: Asking) -> None:
    try:
        async with asyncio.timeout(_GIVES_UP_S):
            await it.fail(_READ)
    except TimeoutError:
        expect(
            holds=False,
            expected=both(f"en feil innen {_GIVES_UP_S:g} sekunder", f"an error within {_GIVES_UP_S:g} seconds"),
            seen=both("verken svar eller feil", "neither answer nor error"),
        )


def _expect_pause(it: Asking) -> None:
    asked = it.asked("jft")
    gap = _gaps(asked)[0] if len(asked) > 1 else _PAUSE_S
    expect(
        asked and gap >= _PAUSE_S - 0.05,
        expected=both(f"en pause på minst {_PAUSE_S:g} sekunder", f"a pause of {_PAUSE_S:g} seconds at the least"),
        seen=both(f"spurt igjen etter {gap:.1f} sekunder", f"asked again after {gap:.1f} seconds"),
    )


def _gaps(asked: list[Request]) -> list[float]:
    """Seconds between one request and the next."""
    return [(b.at - a.at).total_seconds() for a, b in pairwise(asked)]
