"""The hub is told that an alert has come to someone's hands: always, rightly, and soon."""

from __future__ import annotations

import asyncio
import time

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.plan import Group
from hub.conformance.suites.centre._attending import A_WHILE_S, PLANS, attending, payload_of, sha256_of
from hub.conformance.verdicts import both, expect, listed

GROUP = Group("centre", "confirming", both("Varsler blir kvittert", "Alerts are confirmed"), PLANS, place=20)
_CODES = frozenset({"accepted", "duplicate"})
_MANY = 8
_SOON_S = 3.0


@GROUP.test("each", "RC-20", both("Hvert varsel blir kvittert", "Each alert is confirmed"))
async def each(bench: ConnectorBench) -> None:
    """By the SHA-256 of the bytes that came, so that the hub knows which."""
    async with attending(bench) as it:
        sent = [payload_of(bench.alarm(), it.lane) for _ in range(_MANY)]
        await it.forward(*sent)
        await it.expect_confirmed(*sent)
        said = {code for _, code in it.confirmations()}
        expect(
            said <= _CODES,
            expected=both("kvitteringer med accepted eller duplicate", "confirmations with accepted or duplicate"),
            seen=both(f"kvitteringer med {', '.join(sorted(said))}", f"confirmations with {', '.join(sorted(said))}"),
        )


@GROUP.test("hub", "RC-20", both("Knutepunktet slutter å sende det igjen", "The hub stops sending it again"))
async def hub(bench: ConnectorBench) -> None:
    """An alarm by way of the hub is confirmed so that the hub takes it as delivered."""
    async with attending(bench) as it:
        sent = await it.raise_alarm(bench.alarm())
        await it.expect_confirmed(sent)


@GROUP.test("repeated", "RC-21", both("Et gjentatt varsel blir kvittert igjen", "A repeated alert is confirmed again"))
async def repeated(bench: ConnectorBench) -> None:
    """The first confirmation may have got lost; without another the hub goes on for ever."""
    async with attending(bench) as it:
        sent = payload_of(bench.alarm(), it.lane)
        await it.forward(sent)
        await it.expect_confirmed(sent)
        await it.forward(sent)
        await it.expect_confirmed(sent, times=2)


@GROUP.test("only-what-came", "RC-22", both("Bare det som er kommet, blir kvittert", "Only what has come is confirmed"))
async def only_what_came(bench: ConnectorBench) -> None:
    """A confirmation of something else would stop an alert that nobody has seen."""
    async with attending(bench) as it:
        sent = [payload_of(bench.alarm(), it.lane) for _ in range(3)]
        await it.forward(*sent)
        await it.confirmed(*sent)
        await asyncio.sleep(A_WHILE_S)
        others = {sha256 for sha256, _ in it.confirmations()} - {sha256_of(payload) for payload in sent}
        expect(
            not others,
            expected=both("kvitteringer for de tre varslene", "confirmations of the three alerts"),
            seen=both(f"{len(others)} for noe annet", f"{len(others)} of something else"),
        )


@GROUP.test("for-sure", "RC-23", both("Kvitteringen sendes med QoS 1", "The confirmation is sent at QoS 1"))
async def for_sure(bench: ConnectorBench) -> None:
    """And it is not retained: to a hub that starts later it says nothing."""
    async with attending(bench) as it:
        sent = payload_of(bench.alarm(), it.lane)
        await it.forward(sent)
        await it.confirmed(sent)
        receipts = it.receipts()
        expect(
            receipts and all(r.qos == 1 and not r.is_retained for r in receipts),
            expected=both("QoS 1 uten retain", "QoS 1 and not retained"),
            seen=both(
                f"{len(receipts)} kvitteringer, QoS {listed(sorted({r.qos for r in receipts}))}",
                f"{len(receipts)} confirmations, QoS {listed(sorted({r.qos for r in receipts}))}",
            ),
        )


@GROUP.test(
    "soon", "RC-24", both("Et varsel kvitteres innen tre sekunder", "An alert is confirmed within three seconds")
)
async def soon(bench: ConnectorBench) -> None:
    """After ten seconds the hub takes the alert as not delivered and sends it again."""
    async with attending(bench) as it:
        sent = payload_of(bench.alarm(), it.lane)
        began = time.monotonic()
        await it.forward(sent)
        is_confirmed = await it.confirmed(sent)
        took = time.monotonic() - began
        expect(
            is_confirmed and took <= _SOON_S,
            expected=both("kvittert innen tre sekunder", "confirmed within three seconds"),
            seen=both(f"etter {took:.1f} s" if is_confirmed else "ikke kvittert", f"{took:.1f} s"),
        )
