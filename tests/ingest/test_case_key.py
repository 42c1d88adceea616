"""The case key, the first that applies: alarm's identifier; a reference; the Bundle's identifier; patient, device,
code and second."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from hub.store import schema
from tests.ingest.intake import CENTRE, CLOUD, intake, settings
from tests.messages import SYSTEM, Json, alarm, composition, document, follow_up, named, observation, person, uuid

S, T = "urn:oid:1.2.3.1", "urn:oid:1.2.3.2"


def noted(name: str, entry: Json, **more: Any) -> Json:
    """A document whose note lists `entry`."""
    note = composition(**more)
    note["section"][0]["entry"] = [entry]
    return document(name, note)


async def test_messages_with_the_alarms_identifier_are_one_case(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        alone = await hub.say(alarm())
        within = await hub.say(document("d1", composition(), alarm()), sender=CENTRE)
        assert alone.case_id == within.case_id
        assert await hub.standings() == [("alarm-1", "current"), ("d1", "current")]


async def test_a_reference_by_identifier_joins_the_case(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        first, second = await hub.say(alarm()), await hub.say(follow_up(), sender=CENTRE)
        assert (second.code, second.case_id) == ("accepted", first.case_id)


async def test_a_reference_without_type_finds_the_alarm(sqlite_store: Path) -> None:
    entry = {"identifier": {"system": SYSTEM, "value": "alarm-1"}}
    async with intake(sqlite_store) as hub:
        assert len({(await hub.say(m)).case_id for m in (alarm(), noted("d", entry))}) == 1


async def test_a_reference_by_full_url_joins_the_case(sqlite_store: Path) -> None:
    first = document("d1", composition(steps=("0",)), alarm(None, system=S))
    url = first["entry"][1]["fullUrl"]
    async with intake(sqlite_store) as hub:
        ids = {(await hub.say(m)).case_id for m in (first, noted("d2", {"reference": url}))}
        assert len(ids) == 1


async def test_a_full_url_counts_for_one_patient_only(sqlite_store: Path) -> None:
    from tests.messages import GRY

    first = document("d1", composition(steps=("0",)), alarm(None))
    url = first["entry"][1]["fullUrl"]
    async with intake(sqlite_store) as hub:
        assert await hub.codes(first, noted("d2", {"reference": url}, patient=GRY)) == ["accepted", "accepted"]
        assert await hub.number_of_cases() == 2


async def test_a_relative_reference_joins_nothing(sqlite_store: Path) -> None:
    """`DetectedIssue/1` is another thing on every server."""
    async with intake(sqlite_store) as hub:
        for message in (alarm() | {"id": "1"}, noted("d", {"reference": "DetectedIssue/1"})):
            await hub.say(message)
        assert await hub.number_of_cases() == 2


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_follow_up_may_come_before_its_alarm(sqlite_store: Path, order: tuple[int, ...]) -> None:
    messages = [alarm(), follow_up("f1"), follow_up("f2")]
    async with intake(sqlite_store) as hub:
        assert len({(await hub.say(messages[i])).case_id for i in order}) == 1
        (case,) = await hub.rows(schema.cases)
        assert (case.kind, case.service_code, case.alert_code) == ("alert", "ta", "3")


async def test_a_follow_up_by_full_url_may_come_before_its_alarm(sqlite_store: Path) -> None:
    url = uuid("press")
    bundle = document("d1", composition(steps=("0",)), alarm(None))
    bundle["entry"][1]["fullUrl"] = url
    async with intake(sqlite_store) as hub:
        ids = {(await hub.say(m)).case_id for m in (noted("d2", {"reference": url}), bundle)}
        assert len(ids) == 1


async def test_a_chain_of_references_is_one_case_when_each_link_finds_the_one_before(sqlite_store: Path) -> None:
    handling = follow_up("h")
    visit = noted("v", {"type": "Bundle", "identifier": {"system": SYSTEM, "value": "h"}})
    async with intake(sqlite_store) as hub:
        assert len({(await hub.say(m)).case_id for m in (alarm(), handling, visit)}) == 1


async def test_two_that_miss_the_same_context_are_not_one_case(sqlite_store: Path) -> None:
    """Only an alarm that is missed ties its followers together; measurements of one visit stay apart."""
    visit = {"type": "Encounter", "identifier": {"system": S, "value": "visit-1"}}
    async with intake(sqlite_store) as hub:
        for name in ("o1", "o2"):
            await hub.say(observation(name, encounter=visit))
        assert await hub.number_of_cases() == 2


async def test_people_and_places_never_name_a_case(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        for name in ("o1", "o2"):
            await hub.say(observation(name, performer=[person()], basedOn=[{"identifier": {"value": "plan"}}]))
        assert await hub.number_of_cases() == 2


async def test_the_bundles_identifier_joins_two_senders_reports(sqlite_store: Path) -> None:
    first = document("case-7", composition(steps=("0",)), system=S)
    second = document("case-7", composition(text="Fulgt opp"), system=S)
    async with intake(sqlite_store) as hub:
        ids = {(await hub.say(first)).case_id, (await hub.say(second, sender=CENTRE)).case_id}
        assert len(ids) == 1


async def test_a_bundle_identifier_without_system_is_the_senders_own(sqlite_store: Path) -> None:
    def numbered(text: str) -> Json:
        one = document("7", composition(text=text)) | {"type": "collection"}
        del one["identifier"]["system"]
        return one

    async with intake(sqlite_store) as hub:
        await hub.say(numbered("a"))
        await hub.say(numbered("b"), sender=CENTRE)
        assert await hub.number_of_cases() == 2


async def test_the_alarms_identifier_goes_before_the_bundles(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        await hub.say(document("same", composition(steps=("0",)), alarm("a1", system=S), system=S))
        other = document("same", composition(steps=("0",)), alarm("a2", system=S), system=S)
        await hub.say(other, sender=CENTRE)
        assert await hub.number_of_cases() == 2


async def test_a_numbered_alarm_is_a_case_of_its_own_whatever_it_refers_to(sqlite_store: Path) -> None:
    """A new alarm that mentions an old, handled one must reach the response centre."""
    again = alarm("a2", system=S, at="2026-11-23T11:00:00+01:00")
    again["implicated"] = [{"type": "DetectedIssue", "identifier": {"system": SYSTEM, "value": "alarm-1"}}]
    async with intake(sqlite_store, found=settings('alert = "response_centre"')) as hub:
        old = await hub.say(alarm())
        await hub.say(follow_up(), sender=CENTRE)
        new = await hub.say(again)
        assert new.case_id != old.case_id
        assert set(await hub.wanted("response_centre")) == {old.case_id, new.case_id}


# Probably the same alarm by another door.


def cloud(number: str | None, system: str = T, *, at: str = "2026-11-23T10:00:00+01:00", device: str = "dev-1") -> Json:
    """The same press as `alarm()`, told by the vendor's cloud: numbered by the Bundle only."""
    device_entry = {"resourceType": "Device", "identifier": named(device, S)}
    one = document(number or "", composition(steps=("0",)), alarm(None, at=at), device_entry, system=system)
    if number is None:
        one["type"] = "collection"
        del one["identifier"]
    return one


@pytest.mark.parametrize("turned", [False, True], ids=["device first", "cloud first"])
async def test_the_same_patient_device_code_and_second_is_linked_as_a_double(sqlite_store: Path, turned: bool) -> None:
    said = [(alarm("a1", system=S), "Acme_Alarm_Testvik"), (cloud("9"), CLOUD)]
    async with intake(sqlite_store) as hub:
        outcomes = [await hub.say(m, sender=s) for m, s in (reversed(said) if turned else said)]
        assert len({o.case_id for o in outcomes}) == 1
        assert [standing for _, standing in await hub.standings()] == ["current", "linked"]
        assert [o.code for o in outcomes] == ["accepted", "accepted"]
        assert list((await hub.wanted()).values()) == [2]


@pytest.mark.parametrize(
    "other",
    [
        cloud("9", at="2026-11-23T10:00:01+01:00"),
        cloud("9", device="dev-2"),
        document("9", composition(steps=("0",)), alarm(None, code="4.1"), system=T),
    ],
    ids=["another second", "another device", "another code"],
)
async def test_what_differs_is_no_double(sqlite_store: Path, other: Json) -> None:
    async with intake(sqlite_store) as hub:
        await hub.say(alarm("a1", system=S))
        await hub.say(other, sender=CLOUD)
        assert await hub.number_of_cases() == 2


async def test_a_fraction_of_a_second_makes_no_difference(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        await hub.say(alarm("a1", system=S, at="2026-11-23T10:00:00.250+01:00"))
        await hub.say(cloud("9", at="2026-11-23T09:00:00.900Z"), sender=CLOUD)
        assert await hub.number_of_cases() == 1


@pytest.mark.parametrize("turned", [False, True])
async def test_one_numbering_series_with_two_numbers_is_two_alarms(sqlite_store: Path, turned: bool) -> None:
    messages = [alarm("a1", system=S), alarm("a2", system=S)]
    async with intake(sqlite_store) as hub:
        for message in reversed(messages) if turned else messages:
            await hub.say(message)
        assert await hub.number_of_cases() == 2
        assert [standing for _, standing in await hub.standings()] == ["current", "current"]


async def test_one_senders_uuids_tell_its_alarms_apart(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        await hub.say(alarm(uuid("one")))
        await hub.say(alarm(uuid("two")))
        assert await hub.number_of_cases() == 2


async def test_two_senders_uuids_are_not_one_series(sqlite_store: Path) -> None:
    """Everybody makes names under urn:ietf:rfc:3986; two names there don't make two alarms."""
    async with intake(sqlite_store) as hub:
        await hub.say(alarm(uuid("one")))
        await hub.say(alarm(uuid("two")), sender=CLOUD)
        assert await hub.number_of_cases() == 1


@pytest.mark.parametrize("order", list(permutations(range(4))))
async def test_two_alarms_reported_twice_each_are_two_cases_in_any_order(
    sqlite_store: Path, order: tuple[int, ...]
) -> None:
    messages = [alarm("1", system=S), alarm("2", system=S), alarm("9", system=T), alarm("10", system=T)]
    async with intake(sqlite_store) as hub:
        for i in order:
            await hub.say(messages[i], sender=CLOUD if i > 1 else "Acme_Alarm_Testvik")
        assert await hub.number_of_cases() == 2


async def test_an_alarm_that_does_not_say_its_second_is_linked_to_nothing(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        for name, system in (("1", S), ("9", T)):
            await hub.say(alarm(name, system=system, at="2026-11-23"))
        nameless = alarm("2", system=S)
        del nameless["identifiedDateTime"]
        await hub.say(nameless)
        await hub.say(nameless | {"identifier": named("8", T)})
        assert await hub.number_of_cases() == 4


async def test_the_handling_of_a_double_without_a_name_belongs_to_the_alarm(sqlite_store: Path) -> None:
    copy = document("h1", composition(), alarm(None), system=T)
    async with intake(sqlite_store) as hub:
        ids = {(await hub.say(m)).case_id for m in (alarm("a1", system=S), copy)}
        assert len(ids) == 1
        assert [standing for _, standing in await hub.standings()] == ["current", "current"]


@pytest.mark.parametrize("turned", [False, True])
async def test_the_same_happening_alone_and_in_a_bundle_is_one_case(sqlite_store: Path, turned: bool) -> None:
    """As when what was sent to VKP alone is sent again by JFT, which takes it in a Bundle only."""
    alone = observation("obs-1")
    messages = [alone, document("report-1", composition(), alone)]
    async with intake(sqlite_store) as hub:
        assert await hub.codes(*(reversed(messages) if turned else messages)) == ["accepted", "accepted"]
        assert await hub.number_of_cases() == 1


async def test_two_alarms_that_one_visit_answered_stay_two_cases(sqlite_store: Path) -> None:
    """One measurement in both documents ties no alarms together."""
    visit = observation("obs-1")
    both = [
        document(f"d-{n}", composition(), alarm(f"alarm-{n}", at=f"2026-11-23T1{n}:00:00+01:00"), visit) for n in (0, 1)
    ]
    async with intake(sqlite_store) as hub:
        assert await hub.codes(visit, *both) == ["accepted"] * 3
        assert await hub.number_of_cases() == 3
