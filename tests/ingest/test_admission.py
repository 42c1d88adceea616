"""Who may send what for whom, and what becomes of a message that is not let in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.model.codes import EventKind, ServiceCode
from hub.store import schema
from tests.ingest.intake import CENTRE, OTHER_TOWN, intake, settings
from tests.messages import LINE, Json, alarm, composition, document, follow_up, observation, raw

#: The form of a real number; whoever it may have belonged to was born in 1900.
REAL = "01010012356"
_TOO_LARGE = raw(observation(note=[{"text": "x" * 1_100_000}]))


def _without(message: Json, name: str) -> Json:
    return {k: v for k, v in message.items() if k != name}


BAD: dict[str, tuple[Json | bytes, str]] = {
    "broken JSON": (b'{"resourceType": "Observation"', "json-broken"),
    "no object": (b"[1]", "json-not-object"),
    "nothing": (b"", "json-broken"),
    "wrong type": (observation(status=5), "r4-wrong-type"),
    "unknown resource": (observation(resourceType="Spaceship"), "resource-unknown"),
    "a resource that is not an event": (observation(resourceType="Patient"), "resource-unknown"),
    "missing mandatory element": (_without(observation(), "code"), ""),
    "invalid identity number": (observation(patient="13116900217"), "person-number-invalid"),
    "real identity number": (observation(patient=REAL), "person-number-real"),
    "over 1 MB": (_TOO_LARGE, "message-too-large"),
    "wrong encoding": (raw(observation()).replace(b"Puls", "Pulså".encode("latin-1")), "encoding-not-utf8"),
    "UTF-16": (raw(observation()).decode().encode("utf-16"), "encoding-not-utf8"),
    "before 2000": (observation(effectiveDateTime="1999-12-31T12:00:00+01:00"), "time-absurd"),
    "more than a day ahead": (observation(effectiveDateTime="2026-11-25T12:00:01+01:00"), "time-absurd"),
    "thirtieth of February": (observation(effectiveDateTime="2026-02-30T12:00:00+01:00"), "time-impossible"),
    "no patient": (_without(observation(), "subject"), ""),
    "two patients": (document("d", composition(patient=LINE), alarm(patient="12057900499")), "patient-differs"),
}


@pytest.mark.parametrize("name", BAD)
async def test_bad_input_is_quarantined_whole_with_what_is_wrong(sqlite_store: Path, name: str) -> None:
    message, rule = BAD[name]
    payload = message if isinstance(message, bytes) else raw(message)
    async with intake(sqlite_store) as hub:
        outcome = await hub.say(payload)
        assert outcome.code == "rejected"
        errors = [f for f in outcome.findings if f.is_error]
        assert errors
        assert rule in {f.rule for f in errors} or not rule
        assert all(f.path and f.advice for f in errors)
        (kept,) = await hub.rows(schema.quarantine)
        assert (bytes(kept.raw), kept.state, kept.kind) == (payload, "open", "rejected")
        assert await hub.number_of_cases() == 0
        counts = await hub.counts()
        assert (counts["received"], counts["rejected"], counts["quarantined"]) == (1, 1, 1)
        assert REAL not in kept.findings


async def test_an_unknown_municipality_is_rejected_before_anything_is_read(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        outcome = await hub.say(b"{", municipality="999999999")
        assert [f.rule for f in outcome.findings] == ["municipality-unknown"]


@pytest.mark.parametrize("municipality", [OTHER_TOWN, "999999999"])
async def test_a_sender_may_send_for_its_own_municipality_only(sqlite_store: Path, municipality: str) -> None:
    async with intake(sqlite_store) as hub:
        outcome = await hub.say(alarm(), municipality=municipality)
        assert outcome.findings[0].rule in {"sender-not-allowed", "municipality-unknown"}
        assert outcome.findings[0].issue_type in {"forbidden", "not-found"}


async def test_a_sender_may_send_for_its_own_services_only(sqlite_store: Path) -> None:
    found = settings()
    location_only = tuple(s.model_copy(update={"service_codes": ("gps",)}) for s in found.sender)
    limited = found.model_copy(update={"sender": location_only})
    async with intake(sqlite_store, found=limited) as hub:
        outcome = await hub.say(alarm())
        assert (outcome.code, outcome.findings[0].rule, outcome.findings[0].found) == (
            "rejected",
            "service-not-allowed",
            "ta",
        )
        assert (await hub.say(alarm("b", code="2"))).code == "accepted"


async def test_a_response_service_follows_up_alarms_of_every_service(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        assert (await hub.say(document("d", composition(), alarm()), sender=CENTRE)).code == "accepted"


async def test_an_alert_code_that_no_table_maps_is_taken_as_other_and_remarked_on(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        outcome = await hub.say(alarm(code="7"))
        assert outcome.code == "accepted"
        assert "service-unmapped" in {f.rule for f in outcome.findings}
        (case,) = await hub.rows(schema.cases)
        assert case.service_code == "annet"


async def test_the_longest_known_prefix_of_the_alert_code_decides() -> None:
    from hub.routing import routing_table

    table = routing_table(settings(more='[service_of_alert]\n"4" = "dt"\n"4.1" = "ta"'))
    codes = {code: table.service(EventKind.ALERT, code) for code in ("4", "4.1", "4.10", "4.1.2", "41", "")}
    other = ServiceCode.OTHER
    assert codes == {"4": "dt", "4.1": "ta", "4.10": "dt", "4.1.2": "ta", "41": other, "": other}


async def test_merely_old_is_taken_and_remarked_on(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        outcome = await hub.say(observation(effectiveDateTime="2019-05-01T12:00:00+02:00"))
        assert outcome.code == "accepted"
        assert "time-old" in {f.rule for f in outcome.findings}


async def test_remarks_are_stored_with_the_message(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        await hub.say(observation(effectiveDateTime="2019-05-01T12:00:00+02:00"))
        (row,) = await hub.rows(schema.messages)
        assert "time-old" in row.remarks


async def test_a_rejected_message_has_the_identifier_that_could_be_read(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        outcome = await hub.say(observation(status=5))
        assert outcome.identifier_value == "obs-1"
        bom = await hub.say(b"\xef\xbb\xbf" + raw(observation("with-mark", status=5)))
        assert bom.identifier_value == "with-mark"


async def test_the_same_rejected_bytes_are_kept_once_and_counted(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        await hub.together(b"{", b"{")
        await hub.say(b"{")
        (kept,) = await hub.rows(schema.quarantine)
        assert kept.times == 3


async def test_what_was_rejected_does_not_stand_in_the_way_of_the_corrected_message(sqlite_store: Path) -> None:
    async with intake(sqlite_store) as hub:
        assert await hub.codes(observation(status=5), observation()) == ["rejected", "accepted"]


@pytest.mark.parametrize(
    ("route", "before", "after"),
    [
        ("epj", {"epj"}, {"epj"}),
        ("response_centre", {"response_centre"}, {"response_centre", "epj"}),
        ("epj_when_followed_up", set(), {"epj"}),
        ("none", set(), set()),
    ],
)
async def test_an_alert_goes_where_its_route_says(
    sqlite_store: Path, route: str, before: set[str], after: set[str]
) -> None:
    async with intake(sqlite_store, found=settings(f'alert = "{route}"')) as hub:
        await hub.say(alarm())
        assert {row.destination for row in await hub.rows(schema.deliveries)} == before
        await hub.say(follow_up(), sender=CENTRE)
        assert {row.destination for row in await hub.rows(schema.deliveries)} == after
        assert {want.destination for want in hub.wants} == after


async def test_the_response_centre_is_the_default_for_alerts_and_the_epj_for_everything_else(
    sqlite_store: Path,
) -> None:
    async with intake(sqlite_store, found=settings("")) as hub:
        await hub.say(alarm())
        await hub.say(observation())
        assert sorted(row.destination for row in await hub.rows(schema.deliveries)) == ["epj", "response_centre"]


async def test_that_the_alarm_is_being_handled_is_no_follow_up_yet(sqlite_store: Path) -> None:
    async with intake(sqlite_store, found=settings('alert = "response_centre"')) as hub:
        await hub.say(alarm())
        begun = follow_up()
        begun["entry"][0]["resource"] = composition(steps=("0", "1")) | {
            "section": begun["entry"][0]["resource"]["section"]
        }
        await hub.say(begun, sender=CENTRE)
        assert await hub.wanted("epj") == {}
        (case,) = await hub.rows(schema.cases)
        assert case.followed_up_at is None


async def test_an_alarm_whose_follow_up_came_first_is_not_sent_to_the_response_centre(sqlite_store: Path) -> None:
    async with intake(sqlite_store, found=settings('alert = "response_centre"')) as hub:
        await hub.say(follow_up(), sender=CENTRE)
        await hub.say(alarm())
        assert await hub.wanted("response_centre") == {}
        assert len(await hub.wanted("epj")) == 1


async def test_a_municipalitys_own_route_goes_before_the_common_one(sqlite_store: Path) -> None:
    from hub.settings import parse
    from tests.ingest.intake import CONFIGURATION

    text = CONFIGURATION.replace('name = "Testvik"', 'name = "Testvik"\nrouting = { measurement = "none" }')
    async with intake(sqlite_store, found=parse(text, adapters={"fhir_rest"})) as hub:
        await hub.say(observation())
        other: dict[str, Any] = {"sender": "Prove_Alarm_Provestad", "municipality": OTHER_TOWN}
        elsewhere = await hub.say(observation(), **other)
        assert set(await hub.wanted()) == {elsewhere.case_id}
