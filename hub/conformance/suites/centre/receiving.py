"""Alerts are shown to people: each, once, whole, and whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import orjson

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.plan import Group
from hub.conformance.suites.centre._attending import A_WHILE_S, PLANS, attending, expect_the_same, payload_of
from hub.conformance.verdicts import both, expect

GROUP = Group("centre", "receiving", both("Varsler blir vist", "Alerts are shown"), PLANS, place=10)
_MANY = 20
_LETTERS = "Æresmedlem Øyvind på Kårvåg: «Eg fekk kje puste!» čáhci đ ŋ ŧ ž 50 °C"
_UNREADABLE = (b"", b"{", b"[]", b"\xff\x00\xfe", b'{"resourceType": "DetectedIssue"}', b"42")


@GROUP.test("shown", "RC-1", both("Hvert varsel blir vist én gang", "Each alert is shown once"))
async def shown(bench: ConnectorBench) -> None:
    """Three alarms of three people, by way of the hub."""
    async with attending(bench) as it:
        sent = []
        for _ in range(3):
            sent.append(await it.raise_alarm(bench.alarm()))
            await it.confirmed(sent[-1])
        await it.expect_shown(*sent)


@GROUP.test("repeated", "RC-2", both("Et gjentatt varsel blir ikke vist igjen", "A repeated alert isn't shown again"))
async def repeated(bench: ConnectorBench) -> None:
    """The hub sends an alert again until it is confirmed, and a confirmation may get lost."""
    async with attending(bench) as it:
        first, other = payload_of(bench.alarm(), it.lane), payload_of(bench.alarm(), it.lane)
        await it.forward(first, first)
        await it.shown(1)
        await it.forward(first, other, first)
        await it.shown(2)
        await asyncio.sleep(A_WHILE_S)
        await it.expect_shown(first, other)


@GROUP.test("alike", "RC-3", both("To nesten like varsler er to", "Two alerts that are nearly the same are two alerts"))
async def alike(bench: ConnectorBench) -> None:
    """Somebody presses twice: the same person, device and second, and another number."""
    async with attending(bench) as it:
        first = bench.alarm()
        second = bench.alarm(patient=first.patient, at=first.at)
        sent = [payload_of(alarm, it.lane) for alarm in (first, second)]
        await it.forward(*sent)
        await it.expect_shown(*sent)


@GROUP.test(
    "order", "RC-4", both("Varsler vises i rekkefølgen de kom", "Alerts are shown in the order in which they came")
)
async def order(bench: ConnectorBench) -> None:
    """Twenty alarms of twenty people in a moment."""
    async with attending(bench) as it:
        sent = [payload_of(bench.alarm(), it.lane) for _ in range(_MANY)]
        await it.forward(*sent)
        await it.expect_shown(*sent)


@GROUP.test("whole", "RC-5", both("Varselet er helt, med alle bokstaver", "The alert is whole, with all its letters"))
async def whole(bench: ConnectorBench) -> None:
    """What is shown is what the sender sent."""
    async with attending(bench) as it:
        sent = payload_of(bench.alarm(text=_LETTERS), it.lane)
        await it.forward(sent)
        found = await it.shown(1)
        expect(
            len(found) == 1 and found[0].resource == orjson.loads(sent),
            expected=both("ressursen som den ble sendt", "the resource as it was sent"),
            seen=both("en endret ressurs" if found else "ingenting", "a changed resource" if found else "nothing"),
        )


@GROUP.test(
    "unreadable",
    "RC-6",
    both("Et uleselig varsel stanser ikke de neste", "An alert that can't be read doesn't stop the next ones"),
)
async def unreadable(bench: ConnectorBench) -> None:
    """No content, no JSON, no resource, no patient: the alert that follows is shown all the same."""
    async with attending(bench) as it:
        last = payload_of(bench.alarm(), it.lane)
        await it.forward(*_UNREADABLE, last)
        await it.confirmed(last)
        expect_the_same([each for each in await it.shown(1) if each.resource == orjson.loads(last)], [last])


@GROUP.test(
    "away",
    "RC-7",
    both("Varsler mens senteret er borte, vises etterpå", "Alerts while the centre is away are shown afterwards"),
    needs=("restart",),
)
async def away(bench: ConnectorBench) -> None:
    """Sent once, while nobody listens, by a broker that keeps what a persistent session has asked for."""
    async with attending(bench) as it:
        await it.system.stop()
        sent = [payload_of(bench.alarm(), it.lane) for _ in range(3)]
        await it.forward(*sent)
        await it.system.start()
        await it.expect_shown(*sent)


@GROUP.test(
    "restarted",
    "RC-8",
    both("Etter omstart vises det samme, en gang", "After a restart the same is shown, once"),
    needs=("restart",),
)
async def restarted(bench: ConnectorBench) -> None:
    """Nothing is forgotten and nothing is shown anew, though the hub sends it again."""
    async with attending(bench) as it:
        sent = [payload_of(bench.alarm(), it.lane) for _ in range(3)]
        await it.forward(*sent)
        await it.expect_confirmed(*sent)
        await it.system.stop()
        await it.system.start()
        await it.forward(*sent)
        await it.confirmed(*sent, times=2)
        await asyncio.sleep(A_WHILE_S)
        await it.expect_shown(*sent)


@GROUP.test(
    "killed",
    "RC-9",
    both("Det som er kvittert, er tatt vare på", "What is confirmed is kept"),
    needs=("kill",),
    within_s=90,
)
async def killed(bench: ConnectorBench) -> None:
    """The process is killed while it confirms. What it has confirmed, nobody sends it again."""
    async with bench.process_of_its_own() as system, attending(bench, system=system) as it:
        sent = [payload_of(bench.alarm(), it.lane) for _ in range(_MANY)]
        forwarding = asyncio.create_task(it.forward(*sent), name="alerts to a centre that is killed")
        await it.confirmed(*sent[: _MANY // 2])
        await system.kill()
        await forwarding
        confirmed = {sha256 for sha256, _ in it.confirmations()}
        await it.system.start()
        kept = [each.sha256 for each in await it.shown(_MANY)]
        lost = len(confirmed - set(kept))
        expect(
            confirmed and not lost,
            expected=both("alle kvitterte varsler vist etterpå", "all confirmed alerts shown afterwards"),
            seen=both(
                f"{lost} av {len(confirmed)} kvitterte er borte",
                f"{lost} of {len(confirmed)} that were confirmed are gone",
            ),
        )
        expect(
            len(kept) == len(set(kept)),
            expected=both("hvert varsel vist én gang", "each alert shown once"),
            seen=both("noen to ganger", "some twice"),
        )


@GROUP.test("old", "RC-10", both("Et gammelt varsel blir vist", "An old alert is shown"))
async def old(bench: ConnectorBench) -> None:
    """An alarm of yesterday, which a sender could not deliver until now, still has nobody who saw it."""
    async with attending(bench) as it:
        sent = payload_of(bench.alarm(at=bench.now() - timedelta(days=1)), it.lane)
        await it.forward(sent)
        await it.expect_shown(sent)
