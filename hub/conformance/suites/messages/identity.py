"""A message's identity: the same event is always the same message, and two events never are."""

from __future__ import annotations

from dataclasses import replace

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.expecting import expect_registered
from hub.conformance.national.script import Silence
from hub.conformance.plan import Group
from hub.conformance.verdicts import both, expect

GROUP = Group(
    "messages", "identity", both("Identitet og gjentakelse", "Identity and repetition"), ("connector",), place=10
)
_WAYS = ("mqtt", "vkp", "jft")


@GROUP.test("told-twice", "ID-1", both("Samme hendelse fortalt to ganger", "The same event told twice"), ways=_WAYS)
async def told_twice(bench: ConnectorBench) -> None:
    """Registered once, however often the product tells it."""
    async with bench.connected() as it:
        alarm = bench.alarm()
        await it.system.tell(alarm)
        await it.system.tell(alarm)
        await it.system.settled()
        expect_registered(it.lane, 1)


@GROUP.test(
    "sent-again-unchanged",
    "ID-2",
    both("Ny sending har samme bytes", "What is sent again has the same bytes"),
    ways=_WAYS,
)
async def sent_again_unchanged(bench: ConnectorBench) -> None:
    """After a lost answer the very same bytes come again, and are registered once."""
    async with bench.connected() as it:
        it.lane.script.next(Silence("after"))
        await it.system.tell(bench.alarm())
        sent = await it.lane.heard.until(lambda h: h.messages if len(h.messages) > 1 else [], within_s=20)
        expect(
            len({message.payload for message in sent}) == 1,
            expected=both("en ny sending med nøyaktig samme bytes", "another sending of exactly the same bytes"),
            seen=both(
                f"{len(sent)} sendinger, {len({m.payload for m in sent})} ulike innhold",
                f"{len(sent)} sendings, {len({m.payload for m in sent})} different contents",
            ),
        )
        await it.system.settled()
        expect_registered(it.lane, 1)


@GROUP.test(
    "long-numbers",
    "ID-3",
    both("Lange numre som bare er ulike til sist", "Long numbers that differ only at their end"),
)
async def long_numbers(bench: ConnectorBench) -> None:
    """A number that is cut off, or hashed and cut off, merges two people's alarms."""
    async with bench.connected() as it:
        first = bench.alarm(number="A" * 120 + "-1")
        await it.system.tell(first, replace(first, number="A" * 120 + "-2", at=bench.now().replace(second=1)))
        await it.system.settled()
        expect_registered(it.lane, 2)
