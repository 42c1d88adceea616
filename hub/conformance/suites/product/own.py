"""The product's own messages: translated as the card says, and nonsense refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

from connectors.testing.driving import ExampleCard
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.driving.system import NotTaken, Session
from hub.conformance.expecting import expect_registered
from hub.conformance.plan import Group
from hub.conformance.reading import arrived
from hub.conformance.verdicts import Failed, Omitted, Skipped, both, expect
from hub.model.language import same
from hub.model.person import NumberKind, number_kind

GROUP = Group("product", "own", both("Egne meldinger", "Own messages"), ("connector",), place=10)
_ELEVEN = re.compile(rb"(?<!\d)\d{11}(?!\d)")
_WAYS = ("mqtt", "vkp", "jft")
#: No message of any product: the system must say so.
_NONSENSE = (
    (both("støy på 1 MB", "1 MB of noise"), b"\x93\x0c\xf5\x1b\x8e\x02\xd7\x60" * 125_000),
    (both("nullbyte", "null bytes"), b"\0" * 1000),
    (both("en avkortet melding", "a truncated message"), b'{"id": "17", "kind": "ALARM", "time": "2025-03-0'),
    (both("feil typer", "wrong types"), b'{"id": [], "kind": {}, "time": 7, "device": null, "person": true}'),
    (both("dyp nøsting", "deep nesting"), b"[" * 100_000),
    (both("halve tegn", "half characters"), b"\xc3\x28\xff\xfe\xed\xa0\x80"),
)
#: What some product may read as a message with nothing in it.
_NEXT_TO_NOTHING = (b"", b"12", b"null", b"[]", b"{}")


@GROUP.test(
    "examples",
    "OWN-1",
    both("Eksemplene blir hendelsene kortet sier", "The examples become the events the card says"),
    ways=_WAYS,
)
async def examples(bench: ConnectorBench) -> None:
    """Each example message of the product becomes so many events, all of them registered."""
    async with bench.connected() as it:
        wrong, numbers = [], set()
        for place, example in enumerate(_examples(bench)):
            told = await _take(it.system, place)
            numbers |= set(told)
            wrong += [f"{example.name}: {len(told)}, {example.events}"] if len(told) != example.events else []
        expect(
            not wrong,
            expected=both("så mange hendelser som kortet sier", "as many events as the card says"),
            seen=same("; ".join(wrong) or "–"),
        )
        await it.system.settled()
        expect_registered(it.lane, len(numbers))  # two examples may tell of the same event


@GROUP.test("taken-twice", "OWN-2", both("Samme melding to ganger", "The same message twice"))
async def taken_twice(bench: ConnectorBench) -> None:
    """Products send again what wasn't answered: it is registered once."""
    _place_of_an_event(bench)
    async with bench.connected() as it:
        await _take_all(bench, it.system)
        once = len(it.lane.heard.registered())
        await _take_all(bench, it.system)
        expect(once, expected=both("registrerte hendelser", "registered events"), seen=both("ingen", "none"))
        expect_registered(it.lane, once)


@GROUP.test("nonsense", "OWN-3", both("Uforståelige meldinger avvises tydelig", "Nonsense gets a clear no"))
async def nonsense(bench: ConnectorBench) -> None:
    """What can't be a message is refused with a word, and becomes no event."""
    async with bench.connected() as it:
        taken = [name for name, message in _NONSENSE if not await _is_refused(it.system, message)]
        expect(
            not taken,
            expected=both("et tydelig nei", "a clear no"),
            seen=both(f"tatt imot: {', '.join(t.nb for t in taken)}", f"taken: {', '.join(t.en for t in taken)}"),
        )
        expect_registered(it.lane, 0)


@GROUP.test("lives-on", "OWN-4", both("Systemet lever videre etter tull", "The system lives on after nonsense"))
async def lives_on(bench: ConnectorBench) -> None:
    """After anything that can come in, the next real message is taken and delivered."""
    place = _place_of_an_event(bench)
    async with bench.connected() as it:
        for message in (*_NEXT_TO_NOTHING, *(each for _, each in _NONSENSE)):
            try:
                made: Sequence[int] = await it.system.take(message)
            except NotTaken:
                continue
            expect(
                not made,
                expected=both("ingen hendelser av ingenting", "no events of nothing"),
                seen=both(f"{len(made)} hendelser", f"{len(made)} events"),
            )
        told = await _take(it.system, place)
        await it.system.settled()
        expect_registered(it.lane, len(told))


@GROUP.test(
    "synthetic", "OWN-5", both("Eksemplene gjelder oppdiktede personer", "The examples are about synthetic people")
)
async def synthetic(bench: ConnectorBench) -> None:
    """No real person's number stands in an example, or in what is made of it."""
    async with bench.connected() as it:
        for place in range(len(_examples(bench))):
            await _take(it.system, place)
        await it.system.settled()
        said = [person for example in _examples(bench) for person in example.people]
        said += [n.decode() for message in it.lane.heard.messages for n in _ELEVEN.findall(message.payload)]
        real = sum(number_kind(number) is NumberKind.REAL for number in said)
        expect(
            real == 0,
            expected=both("bare syntetiske fødselsnumre", "synthetic numbers only"),
            seen=both(f"{real} som kan være en ekte persons", f"{real} that may be a real person's"),
        )


@GROUP.test(
    "nothing-to-tell", "OWN-6", both("En melding om ingenting sender ingenting", "A message of nothing sends nothing")
)
async def nothing_to_tell(bench: ConnectorBench) -> None:
    """What the hub need not know, such as a setting that was changed, becomes no event."""
    quiet = [place for place, example in enumerate(_examples(bench)) if example.events == 0]
    if not quiet:
        raise Omitted(both("produktet har ikke noe slikt eksempel", "the product has no such example"))
    place = _place_of_an_event(bench)
    async with bench.connected() as it:
        for each in quiet:
            await _take(it.system, each)
        told = await _take(it.system, place)
        await it.system.settled()
        expect_registered(it.lane, len(told))


@GROUP.test(
    "same-bytes", "OWN-7", both("Samme melding gir samme FHIR", "The same message gives the same FHIR"), ways=_WAYS
)
async def same_bytes(bench: ConnectorBench) -> None:
    """Translation depends on the message alone: not on when, or in which installation, it is done."""
    _place_of_an_event(bench)
    async with bench.connected() as it:
        await _take_all(bench, it.system)
        first = {message.payload for message in arrived(it.lane.heard)}
        async with bench.session(it.surroundings) as another:
            await _take_all(bench, another)
        more = {message.payload for message in arrived(it.lane.heard)} - first
        expect(
            first and not more,
            expected=both("nøyaktig samme bytes", "exactly the same bytes"),
            seen=both(f"{len(more)} meldinger med andre", f"{len(more)} messages of other bytes"),
        )


@GROUP.test("without-remarks", "OWN-8", both("Ingen merknader til eksemplene", "No remarks on the examples"))
async def without_remarks(bench: ConnectorBench) -> None:
    """What is made of the examples gives the hub nothing to remark on, but that they are old."""
    _place_of_an_event(bench)
    async with bench.connected() as it:
        await _take_all(bench, it.system)
        found = sorted(
            {f"{f.path}: {f.rule}" for t in it.lane.heard.taken for f in t.outcome.findings if f.rule != "time-old"}
        )
        expect(
            it.lane.heard.taken and not found,
            expected=both("ingen merknader", "no remarks"),
            seen=same("; ".join(found[:5]) or "–"),
        )


def _examples(bench: ConnectorBench) -> tuple[ExampleCard, ...]:
    """The card's examples. Skipped when it has none."""
    found = bench.system.card.examples
    if not found:
        raise Skipped(both("kortet nevner ingen eksempler", "the card names no examples"))
    return found


def _place_of_an_event(bench: ConnectorBench) -> int:
    """The place of the first example that becomes an event. Skipped when there is none."""
    place = next((place for place, example in enumerate(_examples(bench)) if example.events), None)
    if place is None:
        raise Skipped(both("ingen av eksemplene blir en hendelse", "none of the examples becomes an event"))
    return place


async def _take_all(bench: ConnectorBench, system: Session) -> None:
    for place in range(len(_examples(bench))):
        await _take(system, place)
    await system.settled()


async def _take(system: Session, place: int) -> Sequence[int]:
    """Let the system take its own example. Failed when it refuses."""
    try:
        return await system.take_example(place)
    except NotTaken as refusal:
        raise Failed(
            both(f"eksempel {place + 1} tas ikke imot: {refusal}", f"example {place + 1} is not taken: {refusal}"),
            expected=both("systemet forstår sine egne eksempler", "the system understands its own examples"),
        ) from refusal


async def _is_refused(system: Session, message: bytes) -> bool:
    try:
        await system.take(message)
    except NotTaken:
        return True
    return False
