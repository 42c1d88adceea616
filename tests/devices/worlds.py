"""Small worlds to test in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache

import orjson

from devices_sim.assembly import Wish, assembled
from devices_sim.device import Device
from devices_sim.emission import Emission
from devices_sim.happening import Happening, What
from devices_sim.population import populate
from devices_sim.rates import load_rates
from devices_sim.resident import Kit, Resident
from devices_sim.scenario import NORMAL, Scenario
from devices_sim.simulation import Run, simulated
from devices_sim.town import SERVICES, town
from devices_sim.world import World
from devices_sim.writing import written
from hub.fhir.checking import check
from hub.model.finding import Finding
from hub.plugins import DEVICES, discover

START = datetime(2026, 3, 9, 23, 0, tzinfo=UTC)
RATES = load_rates().values
ALL_DEVICES: dict[str, Device] = discover(DEVICES)


def small_world(seed: int = 1, size: int = 40, rates: dict[str, float] | None = None) -> World:
    values = {**RATES, **(rates or {})}
    place = town("314159265", "Testvik", dict.fromkeys(SERVICES, size))
    return World(populate([place], seed=seed, rates=values, devices=ALL_DEVICES), values)


def service_world(service: str, size: int, seed: int, rates: dict[str, float] | None = None) -> World:
    """A town where everybody has one service and nothing else."""
    values = {**RATES, **(rates or {})}
    place = town("314159265", "Testvik", {service: size})
    return World(populate([place], seed=seed, rates=values, devices=ALL_DEVICES), values)


def a_run(
    scenario: Scenario = NORMAL,
    *,
    seed: int = 1,
    hours: float = 24,
    world: World | None = None,
    sent_from: datetime | None = None,
) -> Run:
    return Run(world or small_world(seed), scenario, seed, START, START + timedelta(hours=hours), sent_from)


def emitted(scenario: Scenario = NORMAL, *, seed: int = 1, hours: float = 24) -> list[Emission]:
    return list(simulated(a_run(scenario, seed=seed, hours=hours)))


def in_testvik(scenario: str | None = None, seed: int = 1, hours: float | None = None) -> Run:
    return assembled(Wish(scenario, "314159265", seed=seed, hours=hours))


@cache
def somebody_with(name: str) -> tuple[Resident, Kit]:
    everybody = small_world().population.residents.values()
    return next((r, kit) for people in everybody for r in people for kit in r.kits if kit.device.name == name)


def a_happening(name: str, what: What, *, at: int | None = None, salt: int = 0x5A17) -> Happening:
    resident, kit = somebody_with(name)
    return Happening(int(START.timestamp()) + 36_000 if at is None else at, resident, kit, what, salt)


def a_message(name: str, what: What) -> Emission:
    return written(a_happening(name, what))


def findings(emission: Emission, level: str = "jft") -> list[Finding]:
    resource = orjson.loads(emission.payload)
    found = check(resource, level=level, now=emission.at, mode="test")  # type: ignore[arg-type]
    return [f for f in found if f.severity != "information"]


def events(emissions: Iterable[Emission]) -> list[Emission]:
    return [e for e in emissions if e.kind == "event" and not e.lost]
