"""Many drawn worlds and what each price model makes of them: the same draws for every model, the same for a seed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from hub.metering.charges import Charges, Terms, charge
from hub.metering.foundation import Foundation
from hub.metering.month import years_of
from hub.metering.price_model import PriceModel
from hub.metering.run import Run
from hub.metering.scenario import Scenario
from hub.metering.sharing import Ints
from hub.metering.worlds import drawn, world_of
from hub.model.errors import ConfigurationError, ConfigurationFault

#: Draws calculated at a time: few enough to stay in the processor's cache. A draw's luck depends on its block.
BLOCK = 4
MOST_DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a model makes of the draws, in øre by calendar year.

    `gross` and `state` are [draws, years], `municipal` [draws, years, municipalities], `connected` [draws, years] the
    number in use in each year's last month.
    """

    years: tuple[int, ...]
    gross: Ints
    state: Ints
    municipal: Ints
    connected: Ints


def simulate(runs: Sequence[Run], *, draws: int, seed: int, workers: int = 2) -> list[Drawn]:
    """`draws` worlds, drawn by `seed`, under the model of each run. All runs stand on the first one's scenario.

    The figures depend on the seed only, never on the number of workers. Raises ConfigurationError on a bad count.
    """
    if not 1 <= draws <= MOST_DRAWS:
        raise ConfigurationError([ConfigurationFault(0, "--draws", f"må være fra 1 til {MOST_DRAWS}")])
    first = runs[0]
    models = [(run.model, run.terms) for run in runs]
    seeds = np.random.SeedSequence(seed).spawn(-(-draws // BLOCK))
    blocks = [(s, min(BLOCK, draws - i * BLOCK)) for i, s in enumerate(seeds)]
    with ThreadPoolExecutor(workers, thread_name_prefix="simulation") as pool:
        parts = list(pool.map(lambda b: _block(first.foundation, first.order.scenario, models, *b), blocks))
    return [_joined([part[i] for part in parts]) for i in range(len(runs))]


def _block(
    foundation: Foundation,
    scenario: Scenario,
    models: Sequence[tuple[PriceModel, Terms]],
    seed: np.random.SeedSequence,
    draws: int,
) -> list[Drawn]:
    world = world_of(foundation, scenario, drawn(foundation, scenario, np.random.default_rng(seed), draws))
    connected = np.broadcast_to(world.connected.sum(axis=-1), (draws, len(world.months)))
    return [_by_year(foundation, charge(world, model, terms), connected, draws) for model, terms in models]


def _by_year(foundation: Foundation, charges: Charges, connected: Ints, draws: int) -> Drawn:
    years = years_of(foundation.months)
    starts = [next(i for i, m in enumerate(foundation.months) if m.year == year) for year in years]
    ends = [*(start - 1 for start in starts[1:]), len(foundation.months) - 1]
    yearly = [np.add.reduceat(a, starts, axis=1) for a in (charges.gross, charges.state, charges.municipal)]
    gross, state, municipal = (np.broadcast_to(a, (draws, *a.shape[1:])) for a in yearly)
    return Drawn(years, gross, state, municipal, connected[:, ends])


def _joined(parts: Sequence[Drawn]) -> Drawn:
    return Drawn(
        years=parts[0].years,
        gross=np.concatenate([p.gross for p in parts]),
        state=np.concatenate([p.state for p in parts]),
        municipal=np.concatenate([p.municipal for p in parts]),
        connected=np.concatenate([p.connected for p in parts]),
    )
