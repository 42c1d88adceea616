"""Reading JFT page by page, or by time, neither skips nor repeats while events arrive."""

import asyncio
import random
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from hub.model.clock import OSLO
from hub.store.engine import open_engines
from hub.store.stamping import next_stamps
from tests.api.national import dpop_api
from tests.messages import composition, raw

EVENTS = 150


def note(number):
    return raw(composition(identifier={"system": "urn:x", "value": f"n-{number}"}, text=f"Notat {number}."))


def number_of(resource):
    return int(resource["identifier"]["value"].removeprefix("n-"))


def next_of(answer):
    return next((link["url"] for link in answer.json["link"] if link["relation"] == "next"), None)


async def write_some(world, *, seed):
    chance = random.Random(seed)
    for start in range(0, EVENTS, 10):
        await asyncio.gather(*(world.publish(note(i)) for i in range(start, start + 10)))
        await asyncio.sleep(chance.random() * 0.02)


async def all_pages(jft, url):
    seen = []
    while url:
        answer = await jft("GET", url)
        assert answer.status == 200, answer.raw
        seen += answer.resources
        url = next_of(answer)
    return seen


async def test_pages_read_while_events_arrive_hold_each_event_once_and_in_order(world, jft):
    writing = asyncio.create_task(write_some(world, seed=1))
    seen, cursor = [], None
    while not writing.done() or len(seen) < EVENTS:
        query = "_count=7" + (f"&cursor={cursor}" if cursor else "")
        answer = await jft("GET", f"/jft/v1/Composition?{query}")
        seen += answer.resources
        if url := next_of(answer):
            (cursor,) = parse_qs(urlsplit(url).query)["cursor"]
        else:
            seen = seen[: len(seen) - len(answer.resources)]  # the last page is read again, from the same place
            if writing.done():
                seen += answer.resources
                break
    await writing
    assert sorted(number_of(r) for r in seen) == list(range(EVENTS))
    stamps = [r["meta"]["lastUpdated"] for r in seen]
    assert stamps == sorted(set(stamps))


async def test_polling_by_the_last_time_seen_misses_nothing(world, jft):
    writing = asyncio.create_task(write_some(world, seed=2))
    seen, last = [], "2020-01-01T00:00:00Z"
    while True:
        is_over = writing.done()
        answer = await jft("GET", f"/jft/v1/Composition?_count=7&_lastUpdated=gt{last}")
        seen += answer.resources
        if answer.resources:
            last = answer.resources[-1]["meta"]["lastUpdated"]
        elif is_over:
            break
    assert sorted(number_of(r) for r in seen) == list(range(EVENTS))


async def test_polling_for_what_is_not_acknowledged_empties_the_queue(world, jft):
    writing = asyncio.create_task(write_some(world, seed=3))
    journaled = []
    while not writing.done() or len(journaled) < EVENTS:
        answer = await jft("GET", "/jft/v1/Composition?_count=20&_tag:not=journaling-acknowledged")
        await asyncio.gather(
            *(jft("POST", f"/jft/v1/Composition/{r['id']}/$journaling-acknowledged") for r in answer.resources)
        )
        journaled += [number_of(r) for r in answer.resources]
    await writing
    assert sorted(journaled) == list(range(EVENTS))


async def test_newest_first_leads_back_past_what_arrives_meanwhile(world, jft):
    for i in range(12):
        await world.publish(note(i))
    first = await jft("GET", "/jft/v1/Composition?_count=5&_sort=-_lastUpdated")
    await world.publish(note(99))
    rest = await all_pages(jft, next_of(first))
    assert [number_of(r) for r in (*first.resources, *rest)] == list(range(11, -1, -1))


async def test_stamps_grow_with_the_commits_of_several_processes(tmp_path):
    """Two engines on one store stand for two hub processes."""
    from datetime import UTC, datetime, timedelta

    engines = [await open_engines(tmp_path / "s.sqlite") for _ in range(2)]
    given = []

    async def take(one, at):
        async with one.writing() as connection:
            stamps = await next_stamps(connection, "x", many=3, at=at)
            given.append(stamps)  # while the transaction holds the series

    now = datetime.now(UTC)
    await asyncio.gather(*(take(engines[i % 2], now - timedelta(seconds=i)) for i in range(20)))
    flat = [stamp for stamps in given for stamp in stamps]
    assert len(set(flat)) == 60
    assert flat == sorted(flat)
    for one in engines:
        await one.aclose()


@pytest.mark.parametrize(
    "query",
    [
        "_count=0",
        "_count=x",
        "_sort=date",
        "_lastUpdated=yesterday",
        "_lastUpdated=ne2026-01-01",
        "_lastUpdated=gt2026-13-01",
        "_lastUpdated=gt9999-12-31",
        "cursor=%00",
        "cursor=ZDE",
        "_tag=urn:x|y",
        "_tag:not=urn:x|y",
        "patient=1",
        "_count=1&_count=2",
    ],
)
async def test_parameters_that_jft_does_not_know_are_400(jft, query):
    answer = await jft("GET", f"/jft/v1/Bundle?{query}")
    assert (answer.status, answer.json["resourceType"]) == (400, "OperationOutcome")


async def test_times_bound_what_is_read(world, session):
    jft = await dpop_api(world, session)
    await world.publish(note(1))
    (found,) = (await jft("GET", "/jft/v1/Composition")).resources
    at = found["meta"]["lastUpdated"]
    day = datetime.fromisoformat(at).astimezone(OSLO).date()  # a date without a zone is a day in Norway
    for query, many in [
        (f"_lastUpdated=ge{at}", 1),
        (f"_lastUpdated=gt{at}", 0),
        (f"_lastUpdated=le{at}", 1),
        (f"_lastUpdated=lt{at}", 0),
        (f"_lastUpdated={at}", 1),
        (f"_lastUpdated={day}", 1),
        (f"_lastUpdated=gt{day}", 0),
        (f"_lastUpdated=ge{day}&_lastUpdated=lt2999-01-01", 1),
        ("_lastUpdated=lt2020", 0),
        (f"_lastUpdated=gt{at[:19]}Z", 1),
    ]:
        answer = await jft("GET", f"/jft/v1/Composition?{query.replace('+', '%2B')}")
        assert len(answer.resources) == many, query
