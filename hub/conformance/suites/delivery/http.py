"""HTTP when it goes wrong: answers that ask for patience, answers that say no, and answers that never come."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from itertools import pairwise

from hub.conformance.bench.connector import Connected, ConnectorBench
from hub.conformance.national.script import Answer, Cut, Fault, Late, Silence
from hub.conformance.plan import Group
from hub.conformance.suites.delivery._arriving import (
    expect_delivered,
    expect_left_alone,
    expect_same_bytes,
    expect_told_refused,
    first_sent,
    payloads_of,
)
from hub.conformance.suites.delivery._elsewhere import elsewhere
from hub.conformance.verdicts import Skipped, both, expect, listed
from hub.model.language import Text

GROUP = Group("delivery", "http", both("HTTP når noe går galt", "HTTP when something goes wrong"), ("connector",), 10)
_WAYS = ("vkp", "jft")
_PAGE = Answer(200, {"Content-Type": "text/html"}, b"<html><title>Logg inn p\xc3\xa5 nettet</title></html>")
#: Clocks of two machines may differ a little.
_CLOCKS_S = 1.0
#: When an answer has surely been read.
_HEARD_S = 0.3
_BACKOFF_WATCH_S = 8.0
_PAUSES = 3
_LEAST_S = 1.5


async def _delivered(events: int, faults: Sequence[Fault], bench: ConnectorBench) -> None:
    """Each of `events` events is registered once although the first sendings meet `faults`, and always unchanged."""
    async with bench.connected() as it:
        it.lane.script.next(*faults)
        await it.system.tell(*(bench.alarm() for _ in range(events)))
        await expect_delivered(it, events)
        expect_same_bytes(it.lane.heard.messages, events)


_PAGE_AFTER = Answer(200, {"Content-Type": "text/html"}, _PAGE.body, when="after")
_TROUBLES: tuple[tuple[str, str, Text, int, tuple[Fault, ...]], ...] = (
    ("busy", "HTTP-3", both("503 uten Retry-After", "503 without Retry-After"), 1, (Answer(503),)),
    (
        "errors",
        "HTTP-4",
        both("500, 502 og 504 uten registrering", "500, 502 and 504 with nothing registered"),
        3,
        (Answer(500), Answer(502), Answer(504)),
    ),
    (
        "errors-after",
        "HTTP-5",
        both("500 og 504 etter registrering", "500 and 504 after registration"),
        2,
        (Answer(500, when="after"), Answer(504, when="after")),
    ),
    ("silence", "HTTP-6", both("Intet svar, ikke registrert", "No answer, not registered"), 1, (Silence("before"),)),
    (
        "silence-after",
        "HTTP-7",
        both("Intet svar, men registrert", "No answer, but registered"),
        1,
        (Silence("after"),),
    ),
    ("cut", "HTTP-8", both("Brudd før registrering", "Cut off before registration"), 1, (Cut("before"),)),
    ("cut-after", "HTTP-9", both("Brudd etter registrering", "Cut off after registration"), 1, (Cut("after"),)),
    ("late", "HTTP-10", both("Svaret kommer for sent", "The answer comes too late"), 1, (Late(2.5),)),
    (
        "foreign-page",
        "HTTP-11",
        both("200 med en fremmed nettside", "200 with somebody else's web page"),
        2,
        (_PAGE, _PAGE_AFTER),
    ),
)
for _name, _requirement, _title, _events, _faults in _TROUBLES:
    GROUP.test(_name, _requirement, _title, ways=_WAYS)(partial(_delivered, _events, _faults))


@GROUP.test(
    "retry-after", "HTTP-1", both("429 med Retry-After i sekunder", "429 with Retry-After in seconds"), ways=_WAYS
)
async def retry_after(bench: ConnectorBench) -> None:
    """Nothing at all is sent before the seconds are over; then each event once."""
    async with bench.connected() as it:
        it.lane.script.next(Answer(429, {"Retry-After": "2"}))
        await it.system.tell(bench.alarm())
        first = await first_sent(it)
        await asyncio.sleep(_HEARD_S)
        await it.system.tell(bench.alarm())
        await expect_delivered(it, 2)
        _expect_patience(it, first.at + timedelta(seconds=1.9))


@GROUP.test(
    "retry-after-date", "HTTP-2", both("503 med Retry-After som dato", "503 with Retry-After as a date"), ways=_WAYS
)
async def retry_after_date(bench: ConnectorBench) -> None:
    """Nothing is sent before that time; then the event once."""
    async with bench.connected() as it:
        back = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=6)
        it.lane.script.next(Answer(503, {"Retry-After": format_datetime(back, usegmt=True)}))
        await it.system.tell(bench.alarm())
        await expect_delivered(it, 1)
        _expect_patience(it, back - timedelta(seconds=_CLOCKS_S))


@GROUP.test(
    "backoff",
    "HTTP-12",
    both("Pausene vokser når tjenesten er nede", "Pauses grow while the service is down"),
    ways=_WAYS,
)
async def backoff(bench: ConnectorBench) -> None:
    """While 503 goes on, the same event comes ever more rarely."""
    async with bench.connected() as it:
        it.lane.script.always(Answer(503))
        await it.system.tell(bench.alarm())
        await it.lane.heard.until(lambda heard: len(heard.messages) > _PAUSES, within_s=_BACKOFF_WATCH_S)
        times = [message.at for message in it.lane.heard.messages[: _PAUSES + 1]]
        pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
        shown = ", ".join(f"{pause:.1f}" for pause in pauses)
        expect(
            len(pauses) < _PAUSES or (pauses[-1] > 1.3 * pauses[0] and sum(pauses) > _LEAST_S),
            expected=both(
                f"stadig lengre pauser, i alt over {_LEAST_S:g} s", f"ever longer pauses, over {_LEAST_S:g} s in all"
            ),
            seen=both(f"pauser i sekunder: {shown}", f"pauses in seconds: {shown}"),
        )


_REFUSALS = (400, 409, 422)


@GROUP.test(
    "refused", "HTTP-13", both("400, 409 og 422 sendes ikke igjen", "400, 409 and 422 are not sent again"), ways=_WAYS
)
async def refused(bench: ConnectorBench) -> None:
    """What was refused is never sent again by itself."""
    async with bench.connected() as it:
        it.lane.script.next(*(Answer(status) for status in _REFUSALS))
        await it.system.tell(*(bench.alarm() for _ in _REFUSALS))
        await it.lane.heard.until(lambda heard: len(heard.messages) >= len(_REFUSALS), within_s=10)
        sent = set().union(*(payloads_of(it.lane.heard, status) for status in _REFUSALS))
        expect(
            len(sent) == len(_REFUSALS),
            expected=both(f"{len(_REFUSALS)} ulike hendelser sendt", f"{len(_REFUSALS)} different events sent"),
            seen=both(f"{len(sent)} ulike", f"{len(sent)} different ones"),
        )
        await expect_left_alone(it, sent)


@GROUP.test(
    "refused-told", "HTTP-14", both("Avvist blir meldt som avvist", "Refused is reported as refused"), ways=_WAYS
)
async def refused_told(bench: ConnectorBench) -> None:
    """Whoever runs the system learns that the event was refused."""
    async with bench.connected() as it:
        it.lane.script.next(Answer(422))
        numbers = await it.system.tell(bench.alarm())
        await it.system.settled(within_s=5)
        expect_told_refused(await it.system.reports(), numbers)


@GROUP.test(
    "others-go-on",
    "HTTP-15",
    both("En avvist hendelse stopper ingen andre", "A refused event holds up no other"),
    ways=_WAYS,
)
async def others_go_on(bench: ConnectorBench) -> None:
    """The same person's next event, and other people's, are delivered."""
    async with bench.connected() as it:
        person = bench.patient()
        it.lane.script.next(Answer(400))
        await it.system.tell(bench.alarm(patient=person))
        await first_sent(it)
        later = bench.now() + timedelta(seconds=1)
        await it.system.tell(bench.alarm(patient=person, at=later), bench.alarm())
        await expect_delivered(it, 2, within_s=8)


@GROUP.test("redirect-302", "HTTP-16", both("302 til en annen tjener", "302 to another server"), ways=_WAYS)
async def redirect_302(bench: ConnectorBench) -> None:
    """Nobody else gets to see the event or the token."""
    await _not_led_astray(bench, 302)


@GROUP.test("redirect-307", "HTTP-16", both("307 til en annen tjener", "307 to another server"), ways=_WAYS)
async def redirect_307(bench: ConnectorBench) -> None:
    """Nobody else gets to see the event or the token."""
    await _not_led_astray(bench, 307)


async def _not_led_astray(bench: ConnectorBench, status: int) -> None:
    async with elsewhere() as other, bench.connected() as it:
        it.lane.script.next(Answer(status, {"Location": f"{other.address}/v1/Bundle"}))
        numbers = await it.system.tell(bench.alarm())
        await it.system.settled(within_s=8)
        expect(
            not other.visits,
            expected=both("ingen spørringer til en annen tjener", "no requests to another server"),
            seen=both(f"{other.visits} spørringer til den", f"{other.visits} requests to it"),
        )
        await _expect_not_lost(it, numbers)


async def _expect_not_lost(it: Connected, numbers: Sequence[int]) -> None:
    """The event is registered, or the system knows that it isn't."""
    if it.lane.heard.registered():
        return
    try:
        reports = await it.system.reports()
    except Skipped:
        return
    fates = [report.fate for report in reports if report.number in numbers]
    expect(
        fates and not {"taken", "registered", "journaled"} & set(fates),
        expected=both(
            "hendelsen er registrert, eller meldes som ventende eller avvist",
            "the event is registered, or reported as waiting or refused",
        ),
        seen=both(
            f"ikke registrert, men meldt som {listed(fates)}", f"not registered, but reported as {listed(fates)}"
        ),
    )


def _expect_patience(it: Connected, until: datetime) -> None:
    early = sum(message.at < until for message in it.lane.heard.messages[1:])
    expect(
        not early,
        expected=both("ingenting sendes før Retry-After er ute", "nothing is sent before Retry-After is over"),
        seen=both(f"{early} sendinger for tidlig", f"{early} sendings too early"),
    )
