"""Puts into a lane what a client may find there, without the client's help."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from connectors import Closed, DispenseGiven, Event
from connectors.composing import Sender, compose
from connectors.transport.http import JftTransport
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.lane import Lane
from hub.model.event import Inbound, Source
from hub.model.person import PatientRef
from hub.store.patients import put_patient
from hub.store.submissions import Window, submissions_in

#: More than a page holds when nobody says how many are wanted (20 in JFT and PIT).
OVER_A_PAGE = 23
NOTE = "Ærlig talt: Øystein på Åsen hadde spist blåbærsyltetøy for 12 €. Ble kjørt hjem, uskadd. «Takk!»"


async def seed_notes(bench: ConnectorBench, lane: Lane, number: int, *, note: str = NOTE) -> list[str]:
    """`number` more handled alarms in JFT (Bundles), each of its own patient; their ids in JFT's order."""
    alarms = [bench.alarm() for _ in range(number)]
    return await _seed(lane, "Bundle", [Closed(alert=a, at=bench.now(), by="op-1", note=note) for a in alarms])


async def seed_doses(bench: ConnectorBench, lane: Lane, number: int) -> list[str]:
    """`number` more dispensed doses in JFT (MedicationDispenses); their ids in JFT's order."""
    doses = [
        DispenseGiven(patient=bench.patient(), device="MD-1", at=bench.now(), number=bench.number())
        for _ in range(number)
    ]
    return await _seed(lane, "MedicationDispense", doses)


async def seed_patients(bench: ConnectorBench, lane: Lane, number: int) -> list[str]:
    """`number` more patients in PIT; their ids in PIT's order."""
    ids = []
    for _ in range(number):
        who, at = bench.patient(), datetime.now(UTC)
        async with lane.engines.writing() as connection:
            raw = orjson.dumps(patient_resource(who))
            ids.append(await put_patient(connection, lane.municipality, who, raw=raw, client_id="epj", at=at))
    return ids


def patient_resource(who: PatientRef, family: str = "Ødegård") -> dict[str, Any]:
    """A Patient for PIT."""
    return {
        "resourceType": "Patient",
        "identifier": [{"system": who.system, "value": who.value}],
        "name": [{"family": family, "given": ["Åse", "Marie"]}],
    }


def observation(who: PatientRef, at: datetime, value: float = 72) -> dict[str, Any]:
    """A measured pulse for PMD."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Puls, målt på høyre side"},
        "subject": {"identifier": {"system": who.system, "value": who.value}},
        "effectiveDateTime": (at - timedelta(minutes=5)).isoformat(),
        "valueQuantity": {"value": value, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    }


async def _seed(lane: Lane, resource_type: str, events: Sequence[Event]) -> list[str]:
    before = await _ids(lane, resource_type)
    who = Sender(lane.municipality, lane.sender)
    taken = []
    for event in events:
        raw = compose(event, who, takes=JftTransport.takes).payload
        inbound = Inbound("jft", lane.municipality, lane.sender, None, raw, datetime.now(UTC), source=Source("seed"))
        taken.append(lane.parts.ingest.submit(inbound))
    async with asyncio.timeout(20):
        for outcome in await asyncio.gather(*taken):
            assert outcome.code == "accepted", outcome.text
    return [each for each in await _ids(lane, resource_type) if each not in set(before)]


async def _ids(lane: Lane, resource_type: str) -> list[str]:
    window = Window(lane.municipality, resource_type)
    async with lane.engines.reading() as connection:
        return [one.id for one in await submissions_in(connection, window, most=10_000)]
