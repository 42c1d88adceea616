"""Versions: which of two is newer is told by the message's own time, never by arrival; the rest is for a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hub.store import schema
from tests.ingest.intake import Intake, intake
from tests.messages import GRY, LINE, Json, alarm, composition, document, observation


def version(value: float, said: str | None, **more: Any) -> Json:
    return observation(
        value=value, **({"meta": {"lastUpdated": f"2026-11-23T{said}:00+01:00"}} if said else {}), **more
    )


async def _messages(hub: Intake) -> list[tuple[int, str, int | None]]:
    rows = sorted(await hub.rows(schema.messages), key=lambda r: r.number)
    return [(r.number, r.standing, r.replaces) for r in rows]


async def test_a_newer_version_replaces_the_older_one(store: Path | str) -> None:
    async with intake(store) as hub:
        assert await hub.codes(version(70, "09:00"), version(71, "09:05")) == ["accepted", "amended"]
        assert await _messages(hub) == [(1, "superseded", None), (2, "current", 1)]
        assert list((await hub.wanted()).values()) == [2]


async def test_an_older_version_that_comes_late_is_kept_as_history(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        assert await hub.codes(version(71, "09:05"), version(70, "09:00")) == ["accepted", "amended"]
        assert await _messages(hub) == [(1, "current", None), (2, "late", None)]


async def test_a_version_between_two_known_ones_is_history_too(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        await hub.codes(version(70, "09:00"), version(72, "09:10"), version(71, "09:05"))
        assert await _messages(hub) == [(1, "superseded", None), (2, "current", 1), (3, "late", None)]


async def test_the_order_within_one_commit_decides_nothing_either(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        await hub.together(version(71, "09:05"), version(70, "09:00"), version(72, "09:10"))
        assert await _messages(hub) == [(1, "superseded", None), (2, "late", None), (3, "current", 1)]


async def test_times_are_compared_as_instants_and_not_as_texts(sqlite_store: Path) -> None:
    early = observation(value=1, meta={"lastUpdated": "2026-11-23T10:00:00+02:00"})
    late = observation(value=2, meta={"lastUpdated": "2026-11-23T09:00:00+00:00"})
    async with intake(sqlite_store) as hub:
        await hub.codes(late, early)
        assert await _messages(hub) == [(1, "current", None), (2, "late", None)]


async def test_a_documents_time_is_its_bundles_timestamp(sqlite_store: Path) -> None:
    old = document("d", composition(text="første", date="2026-11-23T11:00:00+01:00"), at="2026-11-23T10:06:00+01:00")
    new = document("d", composition(text="andre", date="2026-11-23T10:00:00+01:00"), at="2026-11-23T10:07:00+01:00")
    async with intake(sqlite_store) as hub:
        assert await hub.codes(new, old) == ["accepted", "amended"]
        assert await _messages(hub) == [(1, "current", None), (2, "late", None)]


async def test_a_composition_alone_goes_by_its_date(sqlite_store: Path) -> None:
    def note(text: str, date: str) -> Json:
        one = composition(text=text, date=date)
        return one | {"identifier": {"system": "urn:notes", "value": "n1"}}

    async with intake(sqlite_store) as hub:
        codes = await hub.codes(note("a", "2026-11-23T10:05:00+01:00"), note("b", "2026-11-23T10:06:00+01:00"))
        assert codes == ["accepted", "amended"]
        assert await _messages(hub) == [(1, "superseded", None), (2, "current", 1)]


async def test_versions_without_a_time_of_their_own_are_a_conflict(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        outcomes = [await hub.say(version(70, None)), await hub.say(version(71, None))]
        assert [o.code for o in outcomes] == ["accepted", "conflict"]
        assert outcomes[1].findings[0].rule == "version-conflict"
        assert await _messages(hub) == [(1, "current", None)]
        (kept,) = await hub.rows(schema.quarantine)
        assert (kept.kind, kept.case_id, kept.state) == ("conflict", outcomes[0].case_id, "open")
        counts = await hub.counts()
        assert (counts["conflicts"], counts["quarantined"]) == (1, 1)


async def test_two_versions_with_one_time_are_a_conflict(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        assert await hub.codes(version(70, "09:00"), version(71, "09:00")) == ["accepted", "conflict"]


async def test_a_conflict_that_comes_again_is_counted_and_not_listed_twice(store: Path | str) -> None:
    async with intake(store) as hub:
        await hub.codes(version(70, None), version(71, None), version(71, None))
        (kept,) = await hub.rows(schema.quarantine)
        assert kept.times == 2


async def test_a_person_settles_a_conflict_by_saying_which_version_applies(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        await hub.codes(version(70, None), version(71, None))
        assert (await hub.say(version(71, None), is_decided=True)).code == "amended"
        assert await _messages(hub) == [(1, "superseded", None), (2, "current", 1)]
        assert await hub.codes(version(71, None), version(70, None)) == ["duplicate", "duplicate"]


async def test_a_person_may_settle_for_what_says_that_it_is_older(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        await hub.codes(version(71, "09:05"))
        assert (await hub.say(version(70, "09:00"), is_decided=True)).code == "amended"
        assert await _messages(hub) == [(1, "superseded", None), (2, "current", 1)]


async def test_another_patient_is_a_conflict_however_new_the_version_is(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        assert await hub.codes(version(70, "09:00"), version(70, "09:05", patient=GRY)) == ["accepted", "conflict"]
        assert await _messages(hub) == [(1, "current", None)]


async def test_the_person_who_accepts_another_patient_gets_a_case_of_that_patients_own(store: Path | str) -> None:
    """A note is never moved from one patient to another: the first case stands, and the second is the other one's."""
    async with intake(store) as hub:
        first = await hub.say(version(70, "09:00"))
        decided = await hub.say(version(70, "09:05", patient=GRY), is_decided=True)
        assert decided.code == "accepted"
        assert decided.case_id != first.case_id
        patients = {row.id: row.patient_value for row in await hub.rows(schema.cases)}
        assert patients == {first.case_id: LINE, decided.case_id: GRY}
        again = [await hub.say(version(72, "09:10", patient=GRY)), await hub.say(version(73, "09:20"))]
        assert [(o.code, o.case_id) for o in again] == [("amended", decided.case_id), ("amended", first.case_id)]


async def test_a_follow_up_for_another_patient_than_the_alarms_is_a_conflict_until_settled(sqlite_store: Path) -> None:
    from tests.messages import follow_up

    async with intake(sqlite_store) as hub:
        await hub.say(alarm())
        wrong = follow_up(patient=GRY)
        assert (await hub.say(wrong)).code == "conflict"
        settled = await hub.say(wrong, is_decided=True)
        assert settled.code == "accepted"
        assert await hub.number_of_cases() == 2


async def test_numbers_of_different_kinds_cannot_be_compared_and_are_no_conflict(sqlite_store: Path) -> None:
    by_reference = version(71, "09:05") | {"subject": {"reference": "https://vendor.example/Patient/7"}}
    async with intake(sqlite_store) as hub:
        assert await hub.codes(version(70, "09:00"), by_reference) == ["accepted", "amended"]
