"""From a foundation and a scenario to worlds: the expected one, or many drawn ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hub.metering.connection import connection, joining_order
from hub.metering.foundation import Foundation, Reals
from hub.metering.month import years_of
from hub.metering.scenario import Scenario
from hub.metering.sharing import Bools, Ints
from hub.metering.world import World
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.money import to_ore


@dataclass(frozen=True, slots=True)
class Chance:
    """What is drawn, one row per draw; the expected world has one row of ones. All multiply what is expected.

    `municipality` [draws, municipalities], `service` [draws, services], `total` [draws], `pace` [draws] (how fast the
    others join), `growth` [draws] in per cent a year on top. `rng` draws single months and who joins first; None is
    no chance at all.
    """

    municipality: Reals
    service: Reals
    total: Reals
    pace: Reals
    growth: Reals
    rng: np.random.Generator | None = None


def certainty(foundation: Foundation) -> Chance:
    """No chance: one draw in which everything is as expected."""
    one = np.ones(1)
    places, services = len(foundation.municipalities), len(foundation.services)
    return Chance(np.ones((1, places)), np.ones((1, services)), one, one, np.zeros(1))


def drawn(foundation: Foundation, scenario: Scenario, rng: np.random.Generator, draws: int) -> Chance:
    """`draws` rows from the scenario's uncertainty, the same for the same state of `rng`."""
    unsure = scenario.uncertainty
    places, services = len(foundation.municipalities), len(foundation.services)
    return Chance(
        municipality=_spread(rng, unsure.municipality, (draws, places)),
        service=_spread(rng, unsure.service, (draws, services)),
        total=_spread(rng, unsure.total, (draws,)),
        pace=_spread(rng, unsure.pace, (draws,)),
        growth=rng.normal(0.0, unsure.growth, draws),
        rng=rng,
    )


def _spread(rng: np.random.Generator, deviation: float, shape: tuple[int, ...]) -> Reals:
    """Log-normal around a mean of 1."""
    return np.asarray(np.exp(rng.normal(0.0, deviation, shape) - deviation**2 / 2))


def expected_world(foundation: Foundation, scenario: Scenario, connected: Bools | None = None) -> World:
    """The one world in which everything is as the scenario says, or with others connected [1, months, places]."""
    return world_of(foundation, scenario, certainty(foundation), connected)


def world_of(foundation: Foundation, scenario: Scenario, chance: Chance, connected: Bools | None = None) -> World:
    """The worlds that `chance` makes of the scenario. Metered use stays as it was metered in every draw."""
    connected = _connected(foundation, scenario, chance) if connected is None else connected
    cases, users = _use(foundation, scenario, chance, connected)
    reads = np.zeros((1, *connected.shape[1:]), np.int64)
    return World(
        months=foundation.months,
        municipalities=foundation.municipalities,
        services=foundation.services,
        yearly_gross=_yearly_gross(foundation, scenario, chance),
        key=foundation.key_weights,
        population=_grown_population(foundation, scenario),
        connected=connected,
        cases=cases,
        users=users,
        reads=_placed(foundation.metered.reads, foundation)[None] if foundation.metered else reads,
    )


def _yearly_gross(foundation: Foundation, scenario: Scenario, chance: Chance) -> Ints:
    rate = 1 + scenario.price_change / 100
    years = years_of(foundation.months)
    expected = [to_ore(scenario.total * rate ** (year - years[0])) for year in years]
    if chance.rng is None:
        return np.array([expected], np.int64)
    return np.rint(np.array(expected, np.float64) * chance.total[:, None]).astype(np.int64)


def _grown_population(foundation: Foundation, scenario: Scenario) -> Ints:
    if not scenario.population_growth:
        return foundation.population
    growth = (1 + float(scenario.population_growth) / 100) ** _years_gone(foundation)
    return np.rint(foundation.population * growth[:, None]).astype(np.int64)


def _years_gone(foundation: Foundation) -> Reals:
    return np.arange(len(foundation.months)) / 12


def _connected(foundation: Foundation, scenario: Scenario, chance: Chance) -> Bools:
    if scenario.adoption:
        connected = _adopted(foundation, scenario, chance)
    elif scenario.connected == "metered" and foundation.metered:
        used = _placed(foundation.metered.cases, foundation).sum(axis=-1) > 0
        connected = np.logical_or.accumulate(used, axis=0)[None]
    else:
        rng = None if scenario.seed is None else np.random.default_rng(scenario.seed)
        who = foundation.municipalities[: len(foundation.key.weights)]
        found = connection(scenario.connected, months=foundation.months, municipalities=who, rng=rng).connected
        connected = np.zeros((1, len(foundation.months), len(foundation.municipalities)), np.bool_)
        connected[0, :, : len(who)] = found
    return foundation.structure.joined(connected, foundation.months)


def _adopted(foundation: Foundation, scenario: Scenario, chance: Chance) -> Bools:
    places = len(foundation.key.weights)
    points = [(month, places if count is None else count) for month, count in scenario.adoption]
    if points[-1][1] > places:
        raise ConfigurationError([ConfigurationFault(0, "--adoption", f"{points[-1][1]} er ikke fra 0 til {places}")])
    pace = chance.pace[:, None]
    when = np.arange(len(foundation.months))[None] * pace
    count = np.floor(np.interp(when, [p[0] for p in points], [p[1] for p in points]) + 1e-9)
    rank = _ranks(foundation, scenario, chance, places)
    connected = np.zeros((len(pace), len(foundation.months), len(foundation.municipalities)), np.bool_)
    connected[:, :, :places] = rank[:, None, :] < count[:, :, None]
    return connected


def _ranks(foundation: Foundation, scenario: Scenario, chance: Chance, places: int) -> Ints:
    """Each municipality's place in the order of joining [draws, municipalities]."""
    if scenario.who_first == "random":
        rng = chance.rng or np.random.default_rng(scenario.seed or 0)
        return np.argsort(rng.random((len(chance.total), places)), axis=-1).astype(np.int64)
    order = joining_order(foundation.municipalities[:places], scenario.who_first)
    rank = np.empty((1, places), np.int64)
    rank[0, order] = np.arange(places)
    return rank


def _use(foundation: Foundation, scenario: Scenario, chance: Chance, connected: Bools) -> tuple[Ints, Ints]:
    if foundation.metered:
        metered = foundation.metered
        return _placed(metered.cases, foundation)[None], _placed(metered.users, foundation)[None]
    people = _people(foundation, scenario, chance)
    people *= connected[..., None]
    rate = foundation.cases_per_month * float(scenario.use)
    # a recipient counts as active in a month with at least one case, cases being Poisson distributed
    users = np.rint(people * -np.expm1(-rate))
    level = chance.municipality[:, None, :, None] * (chance.service * rate)[:, None, None, :]
    cases = people * level
    if chance.rng is not None:
        noise = chance.rng.standard_normal(cases.shape, dtype=np.float32)
        cases += np.sqrt(cases) * noise
        np.maximum(cases, users, out=cases)
    return np.rint(cases, out=cases).astype(np.int64), users.astype(np.int64)


def _people(foundation: Foundation, scenario: Scenario, chance: Chance) -> Reals:
    rate = 1 + (float(scenario.growth) + chance.growth) / 100
    growth = np.maximum(rate, 0.0)[:, None] ** _years_gone(foundation)[None]
    return np.asarray(foundation.recipients[None] * growth[:, :, None, None])


def _placed(amounts: Ints, foundation: Foundation) -> Ints:
    """Metered use where it belongs: what is metered under a number that has ended falls on those that took over."""
    missing = len(foundation.municipalities) - amounts.shape[1]
    padded = np.pad(amounts, [(0, 0), (0, missing), *([(0, 0)] * (amounts.ndim - 2))])
    return foundation.structure.moved(padded, foundation.months)
