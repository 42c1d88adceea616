"""Order: one person's events arrive as they were told, and nobody waits for others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from connectors import Event, SafetyAlarmRaised
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.expecting import expect_registered
from hub.conformance.national.lane import Lane
from hub.conformance.national.script import Answer, Silence
from hub.conformance.plan import Group
from hub.conformance.reading import event_identifiers, events, registered
from hub.conformance.suites.messages._telling import WAYS, Plain, an_event, in_line, tell, the_handling
from hub.conformance.verdicts import both, expect, listed

GROUP = Group("messages", "order", both("Rekkefølge", "Order"), ("connector",), place=30)


@GROUP.test(
    "as-told", "ORD-1", both("Tjue hendelser i den rekkefølgen de skjedde", "Twenty events in their order"), ways=WAYS
)
async def as_told(bench: ConnectorBench) -> None:
    """One person's events are registered in the order in which they were told."""
    async with bench.connected() as it:
        told = in_line(bench, 20)
        await tell(it.system, *told)
        expect_registered(it.lane, 20)
        _expect_in_order(it.lane, told)


@GROUP.test(
    "after-trouble",
    "ORD-2",
    both("Rekkefølgen holder når den første får problemer", "The order holds when the first meets trouble"),
    ways=WAYS,
)
async def after_trouble(bench: ConnectorBench) -> None:
    """What comes after waits for the first to get through, be it refused for now or lost."""
    async with bench.connected() as it:
        it.lane.script.next(Silence("before") if bench.way == "mqtt" else Answer(503))
        told = in_line(bench, 6)
        await tell(it.system, *told)
        expect_registered(it.lane, 6)
        _expect_in_order(it.lane, told)


@GROUP.test(
    "others-go-on",
    "ORD-3",
    both("Andres hendelser venter ikke på den som har problemer", "Others' events don't wait for one in trouble"),
    ways=WAYS,
)
async def others_go_on(bench: ConnectorBench) -> None:
    """While one person's event gets no answer, another person's event gets through."""
    async with bench.connected(timeout_s=4.0) as it:
        it.lane.script.next(Silence("before"))
        stuck, free = an_event(bench), an_event(bench)
        await it.system.tell(stuck)
        await it.lane.heard.until(lambda h: h.messages, within_s=10)
        await tell(it.system, free)
        expect_registered(it.lane, 2)
        people = [event.patient.value for event in events(it.lane)]
        expect(
            people == [free.patient.value, stuck.patient.value],
            expected=both("den andres hendelse først", "the other person's event first"),
            seen=both("den andres hendelse ventet", "the other person's event waited"),
        )


@GROUP.test(
    "refused-holds-up-nobody",
    "ORD-4",
    both("En avvist hendelse stanser ikke den neste", "A refused event does not hold up the next one"),
    ways=WAYS,
)
async def refused_holds_up_nobody(bench: ConnectorBench) -> None:
    """What is refused for good is put aside, and the same person's next event is sent."""
    async with bench.connected() as it:
        it.lane.script.next(Answer(400))
        _refused, following = told = in_line(bench, 2)
        await tell(it.system, *told)
        found = [event.occurred_at for event in events(it.lane)]
        expect(
            following.at in found,
            expected=both("neste hendelse blir registrert", "the next event is registered"),
            seen=both(f"{len(found)} registrert, og ikke den", f"{len(found)} registered, and not that one"),
        )


@GROUP.test(
    "times-go-forward",
    "ORD-5",
    both("Tidene i en sak går aldri bakover", "The times of a case never go backwards"),
)
async def times_go_forward(bench: ConnectorBench) -> None:
    """What was said later has a later time, or the same: the hub goes by it, and not by when a message arrived."""
    bench.needs_words(SafetyAlarmRaised)
    can = set(bench.system.card.words)
    async with bench.connected() as it:
        alarm = bench.alarm(at=bench.now() - timedelta(seconds=10))
        words: list[Event] = [word for word in the_handling(alarm) if not can or type(word).__name__ in can]
        await tell(it.system, alarm, *words)
        said = [event.said_at for event in events(it.lane)]
        timeless = said.count(None)
        back = sum(b < a for a, b in zip(filter(None, said), list(filter(None, said))[1:], strict=False))
        expect(
            said and not timeless and not back,
            expected=both(
                "en tid i hver melding, aldri før den forrige", "a time in each message, never before the last one"
            ),
            seen=both(
                f"{len(said)} meldinger, {timeless} uten tid, {back} som går bakover",
                f"{len(said)} messages, {timeless} without a time, {back} that go back",
            ),
        )


def _expect_in_order(lane: Lane, told: Sequence[Plain]) -> None:
    order = {event.number: place for place, event in enumerate(told)}
    places = [
        next((order[value] for _, value in event_identifiers(message) if value in order), None)
        for message in registered(lane)
    ]
    if None in places:  # numbers of the system's own: the events' times tell them apart
        by_time = {event.at: place for place, event in enumerate(told)}
        places = [by_time.get(event.occurred_at) for event in events(lane)]
    expect(
        places == sorted(places, key=lambda place: -1 if place is None else place) and None not in places,
        expected=both("rekkefølgen de ble fortalt i", "the order in which they were told"),
        seen=both(f"rekkefølgen {listed(places)}", f"the order {listed(places)}"),
    )
