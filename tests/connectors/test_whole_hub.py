"""The SDK against a whole hub: broker, hub and simulated EPJ as processes."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Literal

import orjson
import pytest

from connectors import (
    Acknowledged,
    Closed,
    Connector,
    Corrected,
    DispenseGiven,
    Fate,
    ForwardedAlert,
    MeasurementTaken,
    Outgoing,
    Retracted,
    SafetyAlarmRaised,
    SupervisionDone,
    blood_pressure,
    patient,
    weight,
)
from connectors.helseid import HelseId
from connectors.mqtt import MqttConnection
from connectors.response_centre import ResponseCentre
from connectors.testing.running_hub import RunningHub, running_hub
from connectors.testing.simulated_epj import SimulatedEpj
from connectors.timing import SystemTimer
from connectors.transport.http import JftTransport
from connectors.transport.mqtt import MqttTransport
from hub.model.errors import AccessDenied
from tests.connectors import telling
from tests.connectors.killing import die_often
from tests.connectors.people import synthetic_numbers

pytestmark = pytest.mark.slow  # two hubs are started

PEOPLE = synthetic_numbers(40)[20:]
CENTRE = "Vakt_Sentral_Testvik"
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)


async def test_every_kind_of_event_becomes_one_note_and_what_changes_amends_it(
    hub: RunningHub, epj: SimulatedEpj
) -> None:
    who = [patient(number) for number in PEOPLE[:4]]
    before = {n.key for n in await epj.notes()}
    dose = DispenseGiven(patient=who[0], device="MD-1", at=NOW, number="d-1")
    events = [
        dose,
        SupervisionDone(patient=who[1], device="KAM-1", at=NOW, until=NOW + timedelta(minutes=2), note="Sover godt"),
        MeasurementTaken(patient=who[2], device="BT-1", at=NOW, measurements=(blood_pressure(142, 83),)),
        MeasurementTaken(patient=who[3], device="V-1", at=NOW, measurements=(weight(70), blood_pressure(130, 80))),
    ]
    async with hub.connector() as connector:
        for told in await connector.tell_all(events):
            assert (await told.answered()).receipt == "accepted"
        notes = await epj.wait_for_notes(len(before) + 4)
        corrected = await connector.tell(Corrected(event=dose, at=NOW + timedelta(minutes=5)))
        assert (await corrected.answered()).receipt == "amended"
        retracted = await connector.tell(Retracted(event=dose, at=NOW + timedelta(minutes=9)))
        assert (await retracted.answered()).receipt == "amended"
    mine = [n for n in await epj.notes() if n.key not in before]
    assert sorted(n.patient for n in mine) == sorted(w.value for w in who)
    assert len(notes) == len(before) + 4


@pytest.mark.parametrize("way", ["mqtt", "vkp", "jft"])
async def test_the_same_call_by_every_way_ends_in_one_note_and_a_repeat_in_none(
    way: Literal["mqtt", "vkp", "jft"], hub: RunningHub, epj: SimulatedEpj
) -> None:
    before = (await epj.counts())["notes"]
    dose = DispenseGiven(patient=patient(PEOPLE[7]), device="MD-7", at=NOW, number=f"{way}-1")
    async with hub.connector(way) as connector:
        report = await asyncio.wait_for((await connector.tell(dose)).answered(), 30)
    assert (report.fate, report.receipt) == (Fate.REGISTERED if way == "jft" else Fate.TAKEN, "accepted")
    async with hub.connector(way) as connector:
        again = await asyncio.wait_for((await connector.tell(dose)).answered(), 30)
    assert again.fate is report.fate
    await epj.wait_for_notes(before + 1)
    assert (await epj.counts())["notes"] == before + 1


async def test_a_way_that_signs_in_as_nobody_is_not_let_in(hub: RunningHub) -> None:
    stranger = dataclasses.replace(hub.sign_in_client(), client_id="ukjent")
    transport = JftTransport(
        hub.endpoints["jft_write"], clock=SystemTimer(), sign_in=HelseId(stranger, clock=SystemTimer())
    )
    async with transport:
        with pytest.raises(AccessDenied) as refused:
            await transport.send(Outgoing("Bundle", b"{}", "d"))
    assert refused.value.status == 401


async def test_what_the_hub_rejects_is_refused_with_the_rule(hub: RunningHub) -> None:
    async with hub.connector() as connector:
        issue = connector.fhir(SafetyAlarmRaised(patient=patient(PEOPLE[4]), device="TA", number="x", at=NOW))
        del issue["code"]
        told = await connector.send(issue, device="TA")
        report = await told.answered()
    assert (report.fate, report.receipt) == (Fate.REFUSED, "rejected")
    assert "DetectedIssue.code" in report.text


WITH_A_CENTRE = """
mode = "test"

[[municipality]]
organisation_number = "314159265"
name = "Testvik"
epj = { adapter = "pull" }

[[sender]]
id = "Acme_Alarm_Testvik"
municipality = "314159265"

[[sender]]
id = "Vakt_Sentral_Testvik"
municipality = "314159265"

[routing]
alert = "response_centre"
"""


@pytest.fixture(scope="module")
def hub_with_a_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("centre")
    (folder / "config.toml").write_text(WITH_A_CENTRE)
    with running_hub(folder, folder / "config.toml") as running:
        yield running


async def test_an_alarm_goes_to_the_response_centre_and_into_the_journal_once_when_it_is_closed(
    hub_with_a_centre: RunningHub, tmp_path: Path
) -> None:
    hub, epj = hub_with_a_centre, SimulatedEpj(hub_with_a_centre.epj)
    alarm = SafetyAlarmRaised(patient=patient(PEOPLE[5]), device="TA-5", number="A-5", at=NOW)
    line = MqttConnection(hub.mqtt, client_id="centre-test", session="persistent")
    handling = MqttTransport(
        MqttConnection(hub.mqtt, client_id="centre-handling", connect_within_s=None),
        municipality=hub.municipality,
        sender=CENTRE,
    )
    async with (
        asyncio.timeout(30),
        line,
        ResponseCentre(line, municipality=hub.municipality, sender=CENTRE, memory=tmp_path / "alerts.db") as centre,
        Connector(handling, municipality=hub.municipality, sender=CENTRE) as vakt,
        hub.connector() as vendor,
    ):
        assert (await (await vendor.tell(alarm)).answered()).receipt == "accepted"
        alert = await anext(centre.alerts())
        assert alert.resource["identifier"][0]["value"] == "A-5"
        await alert.confirm()
        about = ForwardedAlert.read(alert.payload)
        steps = [
            Acknowledged(alert=about, at=NOW + timedelta(minutes=1), by="op-1"),
            Closed(alert=about, at=NOW + timedelta(minutes=5), by="op-1", note="Falt, uskadd.", action="Hjulpet opp"),
        ]
        for told in await vakt.tell_all(steps):
            assert (await told.answered()).fate is Fate.TAKEN
        await epj.wait_for_notes(1)
        while not await told_all(epj):  # noqa: ASYNC110 — the notes are in another process
            await asyncio.sleep(0.05)
    assert [n.patient for n in await epj.notes()].count(PEOPLE[5]) == 1


async def told_all(epj: SimulatedEpj) -> bool:
    """Whether the EPJ's note tells of the whole handling: of the alert, and of both things done about it."""
    return [n.revision for n in await epj.notes() if n.patient == PEOPLE[5]] == [3]


async def test_what_an_epj_has_fetched_and_acknowledged_is_reported_as_journaled(hub_with_a_centre: RunningHub) -> None:
    dose = DispenseGiven(patient=patient(PEOPLE[8]), device="MD-8", at=NOW, number="fetched")
    async with hub_with_a_centre.connector("jft") as connector:
        told = await connector.tell(dose)
        assert (await asyncio.wait_for(told.answered(), 30)).fate is Fate.REGISTERED
        assert (await asyncio.wait_for(told.finished(), 30)).fate is Fate.JOURNALED


async def test_a_process_killed_at_random_gets_every_event_into_the_journal_exactly_once(
    hub: RunningHub, epj: SimulatedEpj, tmp_path: Path
) -> None:
    events, kills = 1_000, 15
    before = {n.key for n in await epj.notes()}

    async def noted() -> int:
        return len([n for n in await epj.notes() if n.key not in before])

    killed = await die_often(
        telling.run_mqtt,
        (hub.mqtt, str(tmp_path), events),
        folder=tmp_path,
        kills=kills,
        random=Random(7),
        progress=lambda: telling.told(tmp_path),
        step=events // kills // 2,
    )
    assert killed == kills
    await epj.wait_for_notes(len(before) + events, within_s=50)
    assert await noted() == events


async def test_a_project_of_ones_own_runs_against_the_hub_until_it_is_told_to_stop(
    hub: RunningHub, epj: SimulatedEpj, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "hub.cli", "connector"]
    made = await asyncio.create_subprocess_exec(*command, "new", "Prøve", "--dir", str(tmp_path / "p"))
    assert await made.wait() == 0
    settings = tmp_path / "p" / "connector.toml"
    settings.write_text(settings.read_text().replace("mqtt://127.0.0.1:1883", hub.mqtt))
    running = await asyncio.create_subprocess_exec(*command, "run", "--settings", str(settings), cwd=tmp_path)
    try:
        before = len(await epj.notes())
        said = {"id": "project-1", "kind": "DOSE_TAKEN", "time": NOW.isoformat(), "device": "X", "person": PEOPLE[6]}
        (tmp_path / "p" / "innboks").mkdir(exist_ok=True)
        fresh = tmp_path / "p" / "innboks" / "1.new"
        fresh.write_bytes(orjson.dumps(said))
        fresh.rename(fresh.with_suffix(".json"))
        await epj.wait_for_notes(before + 1)
    finally:
        running.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(running.wait(), 20) == 0
    assert os.listdir(tmp_path / "p" / "innboks") == []  # noqa: PTH208 — a list, to be compared
