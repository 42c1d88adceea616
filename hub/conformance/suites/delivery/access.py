"""Access that isn't there: senders and services that are not let in, and sign-in that is refused for a while."""

from __future__ import annotations

import orjson

from hub.conformance.bench.connector import Connected, ConnectorBench
from hub.conformance.national.script import Answer
from hub.conformance.plan import Group
from hub.conformance.suites.delivery._arriving import (
    expect_delivered,
    expect_left_alone,
    expect_told_refused,
    first_sent,
    payloads_of,
)
from hub.conformance.verdicts import both, expect
from hub.fhir import codes

GROUP = Group("delivery", "access", both("Tilgang som mangler", "Access that is missing"), ("connector",), 40)
_WAYS = ("vkp", "jft")
_REFUSED_FOR_S = 3.0
_MOST = 10


def _outcome(status: int, code: str) -> Answer:
    """An answer with a code of the operation-outcome table."""
    coding = {"system": codes.OPERATION_OUTCOME, "code": code, "display": codes.name_of(codes.OPERATION_OUTCOME, code)}
    issue = {"severity": "error", "code": "forbidden", "details": {"coding": [coding]}, "diagnostics": code}
    body = orjson.dumps({"resourceType": "OperationOutcome", "issue": [issue]})
    return Answer(status, {"Content-Type": "application/fhir+json"}, body)


@GROUP.test("forbidden", "ACC-1", both("403 fra kommunen", "403 from the municipality"), ways=_WAYS)
async def forbidden(bench: ConnectorBench) -> None:
    """A closed door is not knocked at again and again."""
    async with bench.connected() as it:
        it.lane.script.always(_outcome(403, "1.4"))
        await it.system.tell(bench.alarm())
        await first_sent(it)
        knocks = await _tries(it, 2)
        expect(
            knocks <= 2,
            expected=both(f"høyst 2 forsøk på {_REFUSED_FOR_S:g} s", f"at the most 2 attempts in {_REFUSED_FOR_S:g} s"),
            seen=both(f"{knocks} forsøk eller flere", f"{knocks} attempts or more"),
        )


@GROUP.test("forbidden-told", "ACC-2", both("403 blir meldt som avvist", "403 is reported as refused"), ways=_WAYS)
async def forbidden_told(bench: ConnectorBench) -> None:
    """The event is not lost in silence, and other events are delivered."""
    async with bench.connected() as it:
        it.lane.script.next(_outcome(403, "1.5"))
        numbers = await it.system.tell(bench.alarm())
        await first_sent(it)
        await it.system.tell(bench.alarm())
        await expect_delivered(it, 1, within_s=8)
        expect_told_refused(await it.system.reports(), numbers)


@GROUP.test(
    "unknown-patient",
    "ACC-3",
    both("Ukjent pasient og manglende tjeneste", "Unknown patient and missing service"),
    ways=_WAYS,
)
async def unknown_patient(bench: ConnectorBench) -> None:
    """Such an event is never sent again by itself: a person must look at it."""
    async with bench.connected() as it:
        it.lane.script.next(_outcome(400, "1.3"), _outcome(400, "2.1"))
        await it.system.tell(bench.alarm(), bench.alarm())
        await it.lane.heard.until(lambda heard: len(heard.messages) > 1, within_s=10)
        await expect_left_alone(it, payloads_of(it.lane.heard, 400))


@GROUP.test("reason-told", "ACC-4", both("Grunnen blir fortalt", "The reason is told"), ways=_WAYS)
async def reason_told(bench: ConnectorBench) -> None:
    """What the system says of a refused event holds a word on why."""
    async with bench.connected() as it:
        it.lane.script.next(_outcome(400, "1.3"))
        numbers = await it.system.tell(bench.alarm())
        reports = await it.system.settled(within_s=5)
        expect_told_refused(await it.system.reports(), numbers)
        expect(
            all(report.text.strip() for report in reports),
            expected=both("en tekst som sier hvorfor", "a text that says why"),
            seen=both("ingen tekst", "no text"),
        )


@GROUP.test(
    "unknown-sender", "ACC-5", both("Avsenderen er ikke registrert", "The sender isn't registered"), ways=("mqtt",)
)
async def unknown_sender(bench: ConnectorBench) -> None:
    """The hub's rejecting receipt ends it: reported as refused, and not sent again."""
    async with bench.connected(sender="Ukjent_System_Testvik") as it:
        numbers = await it.system.tell(bench.alarm())
        first = await first_sent(it)
        await expect_left_alone(it, [first.payload])
        expect_told_refused(await it.system.reports(), numbers)


@GROUP.test("unauthorised", "ACC-6", both("401 en stund", "401 for a while"), ways=_WAYS)
async def unauthorised(bench: ConnectorBench) -> None:
    """No hammering of API or token service; delivered once when the access is back."""
    async with bench.connected() as it:
        challenge = {"WWW-Authenticate": f'{"DPoP" if bench.way == "jft" else "Bearer"} error="invalid_token"'}
        it.lane.script.always(Answer(401, challenge))
        await it.system.tell(bench.alarm())
        await first_sent(it)
        tries = await _tries(it, _MOST)
        expect(
            tries <= _MOST,
            expected=both(
                f"høyst {_MOST} forsøk på {_REFUSED_FOR_S:g} s", f"at the most {_MOST} in {_REFUSED_FOR_S:g} s"
            ),
            seen=both(f"{tries} forsøk eller flere", f"{tries} attempts or more"),
        )
        it.lane.script.never()
        await expect_delivered(it, 1)


async def _tries(it: Connected, most: int) -> int:
    """How often the system tries while it is refused; not waited for any longer when there are more than `most`."""
    heard = it.lane.heard
    await heard.until(lambda heard: len(heard.messages) > most, within_s=_REFUSED_FOR_S)
    return len(heard.messages)
