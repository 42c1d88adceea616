"""Identity: municipality, sender, resource type, identifier system and value, whole. And what is a repeat."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.store import schema
from tests.ingest.intake import CLOUD, OTHER_TOWN, intake
from tests.messages import GRY, alarm, composition, document, named, observation, raw


async def test_the_same_bytes_again_are_a_duplicate_and_change_nothing(store: Path | str) -> None:
    async with intake(store) as hub:
        first, again = await hub.say(observation()), await hub.say(observation())
        assert [first.code, again.code] == ["accepted", "duplicate"]
        assert await hub.number_of_cases() == 1
        assert list((await hub.wanted()).values()) == [1]
        counts = await hub.counts()
        assert (counts["received"], counts["accepted"], counts["duplicates"]) == (2, 1, 1)


async def test_content_is_compared_and_not_the_bytes_it_was_written_with(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        spaced = raw(observation()).replace(b'":', b'" : ')
        turned = dict(reversed(observation().items()))
        assert await hub.codes(observation(), spaced, turned) == ["accepted", "duplicate", "duplicate"]


async def test_the_raw_bytes_are_kept_verbatim(store: Path | str) -> None:
    odd = b"\xef\xbb\xbf" + raw(observation()).replace(b"72", b"72.000").replace(b"Puls", b"P\\u0075ls")
    async with intake(store) as hub:
        await hub.say(odd)
        (row,) = await hub.rows(schema.messages)
        assert bytes(row.raw) == odd


async def test_another_municipality_is_another_identity(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        await hub.say(observation())
        other = await hub.say(observation(), sender="Prove_Alarm_Provestad", municipality=OTHER_TOWN)
        assert other.code == "accepted"
        assert await hub.number_of_cases() == 2


async def test_another_sender_is_another_identity(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        await hub.say(observation())
        assert (await hub.say(observation(), sender=CLOUD)).code == "accepted"
        assert await hub.number_of_cases() == 2


async def test_another_identifier_system_is_another_identity(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        other = observation() | {"identifier": named("obs-1", "urn:oid:1.2.3")}
        assert await hub.codes(observation(), other) == ["accepted", "accepted"]
        assert await hub.number_of_cases() == 2


async def test_another_resource_type_is_another_identity(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        assert await hub.codes(observation("x"), document("x", composition())) == ["accepted", "accepted"]
        assert await hub.number_of_cases() == 2


async def test_values_that_only_differ_in_case_or_space_are_different(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        codes = await hub.codes(observation("a"), observation("A"), observation("a "))
        assert codes == ["accepted"] * 3


async def test_system_and_value_cannot_be_shifted_into_each_other(sqlite_store: Path) -> None:
    """Whatever separates the parts of a key inside, a sender can't write it into a part."""
    one = observation(patient=GRY) | {"identifier": [{"system": "urn:a", "value": "b|c"}]}
    two = observation(patient=GRY) | {"identifier": [{"system": "urn:a|b", "value": "c"}]}
    async with intake(sqlite_store) as hub:
        assert await hub.codes(one, two) == ["accepted", "accepted"]


@pytest.mark.parametrize("sign", ["\x00", "\x1f", "\x08"])
async def test_control_characters_are_rejected_wherever_they_stand(store: Path | str, sign: str) -> None:
    async with intake(store) as hub:
        for message in (
            observation(f"a{sign}b"),
            observation() | {"subject": {"reference": f"Patient/{sign}"}},
            observation() | {"device": {"display": f"{sign}"}},
        ):
            outcome = await hub.say(message)
            assert outcome.code == "rejected"
            assert any(f.rule == "control-character" and f.path.startswith("Observation.") for f in outcome.findings)
        assert await hub.counts() | {"quarantined": 3} == await hub.counts()


async def test_a_message_without_identifier_gets_one_from_its_content(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        codes = await hub.codes(observation(None), observation(None), observation(None, value=80))
        assert codes == ["accepted", "duplicate", "accepted"]
        assert await hub.number_of_cases() == 2


async def test_very_long_identifiers_are_told_apart(store: Path | str) -> None:
    long = "x" * 20_000
    async with intake(store) as hub:
        codes = await hub.codes(observation(f"{long}1"), observation(f"{long}2"), observation(f"{long}1"))
        assert codes == ["accepted", "accepted", "duplicate"]


async def test_a_message_with_very_many_identifiers_is_taken(store: Path | str) -> None:
    many = alarm() | {"identifier": [{"system": "urn:x", "value": f"{i}"} for i in range(20_000)]}
    async with intake(store) as hub:
        outcomes = await hub.together(many, observation())
        assert [o.code for o in outcomes] == ["accepted", "accepted"]
        assert await hub.codes(many) == ["duplicate"]


async def test_a_repeat_of_an_older_version_is_a_duplicate_for_ever(sqlite_store: Path) -> None:
    def version(day: int, value: int) -> dict[str, object]:
        return observation(value=value, meta={"lastUpdated": f"2026-11-2{day}T09:00:00+01:00"})

    async with intake(sqlite_store) as hub:
        codes = await hub.codes(version(1, 70), version(2, 71), version(3, 72), version(1, 70), version(2, 71))
        assert codes == ["accepted", "amended", "amended", "duplicate", "duplicate"]
        assert list((await hub.wanted()).values()) == [3]


async def test_the_same_content_under_another_identifier_is_another_message(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        assert await hub.codes(observation("one"), observation("two")) == ["accepted", "accepted"]
