"""A message's identity: the same event is always the same message, and two events never are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from connectors import DispenseGiven, MeasurementTaken, SafetyAlarmRaised, pulse
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.expecting import expect_cases, expect_registered
from hub.conformance.national.script import Silence
from hub.conformance.plan import Group
from hub.conformance.reading import Pair, events, identifiers, registered, resources, walk
from hub.conformance.suites.messages._telling import an_event, another_way, one_of_each, retimed, tell
from hub.conformance.verdicts import both, expect, listed

GROUP = Group(
    "messages", "identity", both("Identitet og gjentakelse", "Identity and repetition"), ("connector",), place=10
)
_WAYS = ("mqtt", "vkp", "jft")


@GROUP.test("told-twice", "ID-1", both("Samme hendelse fortalt to ganger", "The same event told twice"), ways=_WAYS)
async def told_twice(bench: ConnectorBench) -> None:
    """Registered once, however often the product tells it."""
    async with bench.connected() as it:
        event = an_event(bench)
        await it.system.tell(event)
        await it.system.tell(event)
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
        await it.system.tell(an_event(bench))
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
        first = an_event(bench, number="A" * 120 + "-1")
        other = retimed(first, first.at - timedelta(minutes=1))
        await it.system.tell(first, replace(other, number="A" * 120 + "-2"))
        await it.system.settled()
        expect_registered(it.lane, 2)


@GROUP.test(
    "told-again-after-restart",
    "ID-4",
    both("Samme hendelse fortalt igjen etter en omstart", "The same event told again after a restart"),
    ways=_WAYS,
    needs=("restart",),
)
async def told_again_after_restart(bench: ConnectorBench) -> None:
    """A product that starts again tells what it isn't sure of once more."""
    async with bench.connected() as it:
        event = an_event(bench)
        await tell(it.system, event)
        await it.system.stop()
        await it.system.start()
        await tell(it.system, event)
        expect_registered(it.lane, 1)


@GROUP.test(
    "told-again-another-way",
    "ID-5",
    both("Samme hendelse fortalt en annen vei", "The same event told another way"),
    needs=("restart",),
)
async def told_again_another_way(bench: ConnectorBench) -> None:
    """Moved from MQTT to HTTP or back, what is told again becomes no second note."""
    other = another_way(bench)
    async with bench.connected() as it:
        told = one_of_each(bench, of=("SafetyAlarmRaised", "DispenseGiven", "SupervisionDone", "MeasurementTaken"))
        await tell(it.system, *told)
        await it.system.stop()
        await it.system.start(it.lane.surroundings(other))
        await tell(it.system, *told)
        expect_cases(it.lane, len(told))


@GROUP.test(
    "case-and-zeros",
    "ID-6",
    both("Numre som bare er ulike i store bokstaver eller nuller", "Numbers that differ only in case or zeros"),
)
async def case_and_zeros(bench: ConnectorBench) -> None:
    """A number is a text: "a-7" and "A-7" are two, and so are "7" and "07"."""
    async with bench.connected() as it:
        first = an_event(bench, number="a-7")
        earlier = [(retimed(first, first.at - timedelta(minutes=m)), n) for m, n in ((1, "A-7"), (2, "7"), (3, "07"))]
        others = [replace(event, number=number) for event, number in earlier]
        await tell(it.system, first, *others)
        expect_registered(it.lane, 4)
        expect_cases(it.lane, 4)


@GROUP.test(
    "one-number-two-people",
    "ID-7",
    both("To personers hendelser med samme nummer", "Two people's events with the same number"),
)
async def one_number_two_people(bench: ConnectorBench) -> None:
    """Even where a series has given a number twice, the second person's event is not taken for a repeat."""
    async with bench.connected() as it:
        event = an_event(bench)
        await tell(it.system, event, replace(event, patient=bench.patient(), device="U-18"))
        people = {
            str(value)
            for m in it.lane.heard.messages
            for _, name, value in walk(m.resource)
            if name in ("patient", "subject")
        }
        expect(
            len(people) == 2,
            expected=both("begge hendelsene kommer fram til knutepunktet", "both events get to the hub"),
            seen=both(f"hendelser for {len(people)} person", f"events of {len(people)} person"),
        )


@GROUP.test(
    "one-number-two-series",
    "ID-8",
    both("Alarm, dose og måling med samme nummer", "An alarm, a dose and a measurement with the same number"),
)
async def one_number_two_series(bench: ConnectorBench) -> None:
    """Alarms, doses and measurements are numbered each for themselves."""
    bench.needs_words(SafetyAlarmRaised, DispenseGiven, MeasurementTaken)
    async with bench.connected() as it:
        who, number, at = bench.patient(), bench.number(), bench.now()
        await tell(
            it.system,
            bench.alarm(patient=who, number=number, at=at),
            DispenseGiven(patient=who, device="MD-1", number=number, at=at),
            MeasurementTaken(patient=who, device="DHO-1", number=number, at=at, measurements=(pulse(72),)),
        )
        expect_registered(it.lane, 3)
        expect_cases(it.lane, 3)


@GROUP.test(
    "systems",
    "ID-9",
    both("Hver identifikator har system og verdi", "Every identifier has a system and a value"),
    ways=_WAYS,
)
async def systems(bench: ConnectorBench) -> None:
    """The system is an absolute URI, so that a number is unique outside of its series as well."""
    async with bench.connected() as it:
        await tell(it.system, *one_of_each(bench))
        all_of_them = {pair for message in registered(it.lane) for pair in _every_identifier(message)}
        bad = {system for system, value in all_of_them if not value or not _is_absolute(system)}
        expect(
            all_of_them and not bad,
            expected=both(
                "identifikatorer med absolutt URI som system, og en verdi",
                "identifiers with an absolute URI as system, and a value",
            ),
            seen=both(
                f"systemer som ikke er det: {listed(sorted(bad)) if bad else 'ingen identifikatorer'}",
                f"systems that are not: {listed(sorted(bad)) if bad else 'no identifiers'}",
            ),
        )


@GROUP.test(
    "every-event-named",
    "ID-10",
    both("Hver hendelse har en identifikator", "Every event has an identifier"),
    ways=_WAYS,
)
async def every_event_named(bench: ConnectorBench) -> None:
    """In the resource or in the Bundle: a message without one is known by its content only, and can't be corrected."""
    async with bench.connected() as it:
        await tell(it.system, *one_of_each(bench))
        nameless = sorted({event.resource_type for event in events(it.lane) if not event.identifier_value})
        nameless += [
            str(message.get("resourceType"))
            for message in registered(it.lane)
            if not any(identifiers(each) for each in (message, *resources(message)))
        ]
        expect(
            it.lane.heard.registered() and not nameless,
            expected=both("en identifikator i hver melding", "an identifier in each message"),
            seen=both(f"meldinger uten: {nameless or 'alle'}", f"messages without: {nameless or 'all'}"),
        )


def _every_identifier(message: object) -> set[Pair]:
    found = {pair for _, _, value in walk(message) if isinstance(value, dict) for pair in identifiers(value)}
    return found | (identifiers(message) if isinstance(message, dict) else set())


def _is_absolute(system: str) -> bool:
    parts = urlsplit(system)
    return bool(parts.scheme and (parts.netloc or parts.path))
