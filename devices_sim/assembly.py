"""Puts a run together from what a user asks for: place, scenario, rates, seed, time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devices_sim.device import Device
from devices_sim.norway import norway, one_town
from devices_sim.population import Population, populate
from devices_sim.rates import Rates, RateValues, load_rates
from devices_sim.scenario import NORMAL, Scenario, load_scenario, scenario_files
from devices_sim.simulation import Run
from devices_sim.town import Town
from devices_sim.world import ready
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.person import NHN_TEST_ORGANISATION
from hub.plugins import DEVICES, discover

#: Midnight in Norway before an ordinary Tuesday: where a run begins unless somebody says otherwise.
DEFAULT_START = datetime(2026, 3, 9, 23, 0, tzinfo=UTC)
#: No hub believes an earlier time, and nobody knows the clock of a later.
_EARLIEST, _LATEST = datetime(2000, 1, 2, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wish:
    """What to run. `scenario` is a file or the name of one of the project's own; `place` a number, or `norway`.

    `skip_hours` starts in the middle: so much of the run is not sent.
    """

    scenario: str | None = None
    place: str | None = None
    rates: Path | None = None
    seed: int = 1
    start: datetime | None = None
    hours: float | None = None
    skip_hours: float = 0.0


def assembled(wish: Wish) -> Run:
    """The run that `wish` asks for. Raises ConfigurationError with every fault in the files that it names."""
    devices: Mapping[str, Device] = discover(DEVICES)
    scenario = chosen_scenario(wish.scenario, devices)
    rates = rates_of(wish.rates, scenario)
    start = wish.start or scenario.start or DEFAULT_START
    sent_from = start + timedelta(hours=wish.skip_hours) if wish.skip_hours else None
    end = _end(start, hours=wish.hours or scenario.hours)
    towns = places(wish.place, scenario, rates.values)
    people = people_of(towns, seed=wish.seed, rates=rates.values, devices=devices)
    return Run(ready(people, rates.values), scenario, wish.seed, start, end, sent_from)


def _end(start: datetime, *, hours: float) -> datetime:
    """The end of a run. Raises ConfigurationError where messages would say a time that no hub believes."""
    if not _EARLIEST <= start <= _LATEST:
        raise ConfigurationError([ConfigurationFault(0, "start", "må være et tidspunkt fra 2000 til 2100")])
    return start + timedelta(hours=hours)


def chosen_scenario(name: str | None, devices: Mapping[str, object]) -> Scenario:
    """The scenario in a file, or one of the project's own by its name; none is a normal day."""
    if name is None:
        return NORMAL
    return load_scenario(scenario_files().get(name, Path(name)), devices=devices)


def rates_of(own: Path | None, scenario: Scenario) -> Rates:
    """The table of rates, changed first by the user's own file and then by the scenario."""
    return load_rates(own).changed(scenario.rates)


def places(place: str | None, scenario: Scenario, rates: RateValues) -> tuple[Town, ...]:
    """The municipalities of a run: as asked for, else as the scenario says, else NHN's test municipality."""
    if place == "norway" or (place is None and scenario.norway):
        return norway(rates)
    numbers = (place,) if place else scenario.municipalities or (NHN_TEST_ORGANISATION,)
    return tuple(one_town(number, rates) for number in numbers)


def people_of(towns: tuple[Town, ...], *, seed: int, rates: RateValues, devices: Mapping[str, Device]) -> Population:
    """The people of `towns`."""
    return populate(towns, seed=seed, rates=rates, devices=devices)
