"""The same messages in any order, grouping and number give the same cases and the same current messages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.store import schema
from tests.ingest.intake import CENTRE, CLOUD, Intake, intake
from tests.messages import GRY, LINE, SENDER, Json, alarm, follow_up, observation
from tests.store.places import store_file

S, T = "urn:oid:1.2.3.1", "urn:oid:1.2.3.2"


@dataclass(frozen=True, slots=True)
class Said:
    """A message and who says it."""

    sender: str
    message: Json


def _minute(n: int) -> str:
    return f"2026-11-23T10:{n:02}:30+01:00"


def _alarm_case(number: int, alarm_versions: int, follow_up_versions: Sequence[int], patient: str) -> list[Said]:
    """An alarm in some versions, and follow-ups, each in some versions, that name the alarm."""
    name, at = f"alarm-{number}", f"2026-11-23T09:{number:02}:00+01:00"
    said = [
        Said(SENDER, alarm(name, at=at, patient=patient, meta={"lastUpdated": _minute(v)}))
        for v in range(alarm_versions)
    ]
    for i, versions in enumerate(follow_up_versions):
        said += [
            Said(CENTRE, follow_up(f"f-{number}-{i}", of=name, patient=patient, at=_minute(20 + v)))
            for v in range(versions)
        ]
    return said


def _doubled_case(number: int, patient: str) -> list[Said]:
    at = f"2026-11-23T08:{number:02}:00+01:00"
    return [
        Said(SENDER, alarm(f"s{number}", system=S, at=at, patient=patient)),
        Said(CLOUD, alarm(f"t{number}", system=T, at=at, patient=patient)),
    ]


_PATIENTS = st.sampled_from([LINE, GRY])


@st.composite
def _days(draw: st.DrawFn) -> tuple[list[Said], int]:
    """Messages in the order in which they happened, and how many cases they are."""
    said: list[Said] = []
    cases = draw(st.integers(1, 3))
    for number in range(cases):
        kind = draw(st.sampled_from(["alarm", "double", "measurement"]))
        patient = draw(_PATIENTS)
        if kind == "alarm":
            follow_ups = draw(st.lists(st.integers(1, 2), min_size=0, max_size=3))
            said += _alarm_case(number, draw(st.integers(1, 3)), follow_ups, patient)
        elif kind == "double":
            said += _doubled_case(number, patient)
        else:
            versions = range(draw(st.integers(1, 3)))
            said += [
                Said(SENDER, observation(f"o{number}", value=60 + v, patient=patient, meta={"lastUpdated": _minute(v)}))
                for v in versions
            ]
    return said, cases


@st.composite
def _deliveries(draw: st.DrawFn) -> tuple[list[Said], list[list[Said]], int]:
    """A day, and the same day as it arrives: shuffled, repeated, and cut into commits."""
    said, cases = draw(_days())
    repeated = draw(st.lists(st.sampled_from(said), max_size=4))
    arriving = draw(st.permutations([*said, *repeated]))
    batches: list[list[Said]] = [[]]
    for one in arriving:
        if batches[-1] and draw(st.booleans()):
            batches.append([])
        batches[-1].append(one)
    return said, batches, cases


async def _take(batches: Sequence[Sequence[Said]]) -> tuple[int, frozenset[tuple[str, str]], dict[str, int]]:
    with store_file() as file:
        async with intake(file) as hub:
            for batch in batches:
                await asyncio.gather(*[hub.ingest.submit(hub.inbound(s.message, sender=s.sender)) for s in batch])
            return await hub.number_of_cases(), await _shown(hub), await hub.counts()


async def _shown(hub: Intake) -> frozenset[tuple[str, str]]:
    """What the notes show as valid: of two doubles, one stands as linked, whichever came last."""
    table = schema.messages
    async with hub.engines.reading() as connection:
        rows = await connection.execute(
            select(table.c.identity, table.c.content_hash).where(table.c.standing.in_(("current", "linked")))
        )
        return frozenset((row.identity, row.content_hash) for row in rows)


@hypothesis_settings(max_examples=25)
@given(_deliveries())
def test_order_repetition_and_grouping_change_nothing(delivery: tuple[list[Said], list[list[Said]], int]) -> None:
    said, batches, cases = delivery
    in_order = asyncio.run(_take([[one] for one in said]))
    as_it_came = asyncio.run(_take(batches))
    assert in_order[0] == as_it_came[0] == cases
    assert in_order[1] == as_it_came[1]
    repeats = sum(map(len, batches)) - len(said)
    assert as_it_came[2]["duplicates"] == repeats
    assert as_it_came[2]["conflicts"] == as_it_came[2]["rejected"] == 0


@hypothesis_settings(max_examples=12)
@given(_deliveries())
def test_one_commit_or_many_store_the_same_rows(delivery: tuple[list[Said], list[list[Said]], int]) -> None:
    _, batches, _ = delivery
    flat = [one for batch in batches for one in batch]
    together, apart = asyncio.run(_take([flat])), asyncio.run(_take([[one] for one in flat]))
    assert together == apart
