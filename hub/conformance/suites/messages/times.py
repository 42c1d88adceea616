"""Times: what happened is told with the moment when it happened, whatever the clocks on the wall did."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.expecting import expect_cases, expect_registered
from hub.conformance.plan import Group
from hub.conformance.reading import EVENT_TYPES, events, happened, registered, times
from hub.conformance.suites.messages._telling import WAYS, an_event, one_of_each, retimed, tell
from hub.conformance.verdicts import both, expect, listed
from hub.model.clock import OSLO

_OFFSET = re.compile(r"(Z|[+-]\d\d:\d\d)$")
GROUP = Group("messages", "times", both("Tider", "Times"), ("connector",), place=60)
_WINTER, _SUMMER = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))


@GROUP.test("zone", "TIM-1", both("Hver tid har sone", "Every time has a zone"), ways=WAYS)
async def zone(bench: ConnectorBench) -> None:
    """A time without an offset is read as Norwegian time by some, and as UTC by others."""
    async with bench.connected() as it:
        await tell(it.system, *one_of_each(bench))
        found = [pair for message in registered(it.lane) for pair in times(message)]
        bare = sorted({path for path, text in found if not _OFFSET.search(text)})
        expect(
            found and not bare,
            expected=both("en forskyvning eller Z i hver tid", "an offset or Z in every time"),
            seen=both(f"tider uten: {bare or 'ingen tider'}", f"times without: {bare or 'no times'}"),
        )


@GROUP.test("late-event", "TIM-2", both("En tre dager gammel hendelse", "An event of three days ago"), ways=WAYS)
async def late_event(bench: ConnectorBench) -> None:
    """The time is when it happened, and not when it was sent."""
    await _expect_kept(bench, bench.now() - timedelta(days=3))


@GROUP.test("fast-clock", "TIM-3", both("En klokke som går 30 sekunder for fort", "A clock that is 30 seconds ahead"))
async def fast_clock(bench: ConnectorBench) -> None:
    """The equipment's time is told as it is: nobody knows which of the clocks is right."""
    await _expect_kept(bench, bench.now() + timedelta(seconds=35))


@GROUP.test(
    "doubled-hour",
    "TIM-4",
    both("Den doble timen om høsten", "The doubled hour in autumn"),
    ways=("mqtt", "vkp", "jft"),
)
async def doubled_hour(bench: ConnectorBench) -> None:
    """Half past two happens twice that night: two moments, an hour apart, in their order."""
    day = _last_sunday(bench.now().year - 1, 10)
    first = day.replace(hour=2, minute=30, tzinfo=_SUMMER)
    second = day.replace(hour=2, minute=30, tzinfo=_WINTER)
    async with bench.connected() as it:
        event = an_event(bench, at=first)
        await tell(it.system, event, replace(retimed(event, second), number=bench.number()))
        found = [event.occurred_at for event in events(it.lane)]
        expect(
            found == [first, second],
            expected=both("to tidspunkter med en time imellom", "two moments an hour apart"),
            seen=both(_shown(found), _shown(found)),
        )
        expect_cases(it.lane, 2)


@GROUP.test("missing-hour", "TIM-5", both("Timen som mangler om våren", "The hour that is missing in spring"))
async def missing_hour(bench: ConnectorBench) -> None:
    """Equipment that hasn't changed its clock tells of half past two in winter time: the moment counts."""
    await _expect_kept(bench, _last_sunday(bench.now().year - 1, 3).replace(hour=2, minute=30, tzinfo=_WINTER))


@GROUP.test("seconds", "TIM-6", both("Sekunder og brøkdeler", "Seconds and fractions"))
async def seconds(bench: ConnectorBench) -> None:
    """Seconds are kept, and a fraction is not rounded into the next second."""
    at = (bench.now() - timedelta(minutes=3)).replace(second=59, microsecond=999_600)
    async with bench.connected() as it:
        await tell(it.system, an_event(bench, at=at))
        expect_registered(it.lane, 1)
        found = happened(registered(it.lane)[0], *EVENT_TYPES)
        expect(
            found is not None and found.replace(microsecond=0) == at.replace(microsecond=0),
            expected=both("samme sekund", "the same second"),
            seen=both(_shown([found]), _shown([found])),
        )


@GROUP.test("midnight", "TIM-7", both("Midnatt og årsskifte", "Midnight and the turn of the year"))
async def midnight(bench: ConnectorBench) -> None:
    """The first and the last second of a Norwegian day are on different days in UTC, or in different years."""
    year = bench.now().year
    await _expect_kept(
        bench,
        datetime(year - 1, 12, 31, 23, 59, 59, tzinfo=OSLO),
        datetime(year, 1, 1, 0, 0, 0, tzinfo=OSLO),
        datetime(year, 1, 1, 0, 30, 0, tzinfo=OSLO),
    )


@GROUP.test("leap-day", "TIM-8", both("Skuddårsdagen", "The leap day"))
async def leap_day(bench: ConnectorBench) -> None:
    """29 February of a leap year is a day like others."""
    await _expect_kept(bench, datetime(2024, 2, 29, 12, 0, 0, tzinfo=OSLO))


@GROUP.test(
    "same-moment",
    "TIM-9",
    both("Samme tidspunkt i UTC og norsk tid", "The same moment in UTC and Norwegian time"),
    ways=WAYS,
)
async def same_moment(bench: ConnectorBench) -> None:
    """Two ways of writing one moment: one event, told twice."""
    async with bench.connected() as it:
        event = an_event(bench)
        await tell(it.system, event)
        await tell(it.system, retimed(event, event.at.astimezone(_WINTER)))
        expect_registered(it.lane, 1)
        late = [code.value for code in it.lane.heard.codes()[1:] if code != "duplicate"]
        expect(
            not late,
            expected=both("ingen ny utgave og ingen konflikt", "no new version and no conflict"),
            seen=both(f"kvitteringene {listed(late)}", f"the receipts {listed(late)}"),
        )


async def _expect_kept(bench: ConnectorBench, *moments: datetime) -> None:
    """Events at `moments` are registered with these moments, in this order."""
    async with bench.connected() as it:
        who = bench.patient()
        await tell(it.system, *(an_event(bench, patient=who, at=at) for at in moments))
        found = [happened(message, *EVENT_TYPES) for message in registered(it.lane)]
        expect(
            found == list(moments),
            expected=both(_shown(moments), _shown(moments)),
            seen=both(_shown(found) or "ingenting", _shown(found) or "nothing"),
        )


def _last_sunday(year: int, month: int) -> datetime:
    """The last Sunday of a month of 31 days, when the clocks are changed in March and October. Zone to be set."""
    day = datetime(year, month, 31, tzinfo=UTC)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def _shown(moments: Sequence[datetime | None]) -> str:
    return ", ".join(str(moment and moment.astimezone(UTC)) for moment in moments)
