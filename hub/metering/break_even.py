"""What changes at the margin: the use at which two models cost the same, and what one more joining does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hub.metering.charges import charge
from hub.metering.foundation import Reals
from hub.metering.run import Run
from hub.metering.sharing import Bools, Ints
from hub.metering.worlds import expected_world

#: A municipality's own use is tried from nothing to eight times what is expected, then more closely where they cross.
_FACTORS = np.array([0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0])
_CLOSER = 9
_MOST_MONTHS = 12


def break_even_use(run: Run, base: Run, place: int) -> float | None:
    """By how much the municipality's use must be multiplied for `run`'s model to cost it as much as `base`'s.

    Only its own use changes; the last twelve months at the most are looked at. None where nothing up to eight times
    does it.
    """
    bracket = _crossing(run, base, place, _FACTORS)
    if bracket is None:
        return None
    closer = _crossing(run, base, place, np.linspace(bracket[0], bracket[1], _CLOSER)) or bracket
    low, high, below, above = closer
    return low + (high - low) * below / (below + above)


def _crossing(run: Run, base: Run, place: int, factors: Reals) -> tuple[float, float, float, float] | None:
    """Between which two factors `run` becomes the dearer, and by how much it is cheaper and dearer there."""
    difference = _bills_by_use(run, place, factors) - _bills_by_use(base, place, factors)
    crossing = np.flatnonzero((difference[:-1] <= 0) & (difference[1:] > 0))
    if not len(crossing):
        return None
    at = int(crossing[0])
    return float(factors[at]), float(factors[at + 1]), float(-difference[at]), float(difference[at + 1])


def _bills_by_use(run: Run, place: int, factors: Reals) -> Reals:
    world = run.world
    count = len(factors)
    cases = np.repeat(world.cases, count, axis=0)
    users = np.repeat(world.users, count, axis=0)
    for amounts in (cases, users):
        amounts[:, :, place] = np.rint(amounts[:, :, place] * factors[:, None, None])
    charges = charge(replace(world, cases=cases, users=users), run.model, run.terms)
    yearly = charges.municipal[:, -_MOST_MONTHS:, place].sum(axis=1)
    return np.broadcast_to(yearly, (count,)).astype(np.float64)


def effect_of_one_more(run: Run) -> int | None:
    """What those already connected together save in the first month when the next one joins, in øre.

    The next is the largest that isn't connected; where all are, it is the smallest that joins last. Negative
    is what they pay more. None for metered use, and where nobody is connected.
    """
    if run.foundation.metered:
        return None
    connected = np.repeat(run.world.connected[:, :1], len(run.world.months), axis=1)
    population = run.world.population[0]
    without, more = connected.copy(), connected.copy()
    if connected[0, 0].all():
        joins = int(np.argmin(population))
        without[:, :, joins] = False
    else:
        joins = int(np.argmax(np.where(connected[0, 0], -1, population)))
        more[:, :, joins] = True
    members = without[0, 0]
    if not members.any():
        return None
    before, after = (_first_month(run, one)[members].sum() for one in (without, more))
    return int(before - after)


def _first_month(run: Run, connected: Bools) -> Ints:
    world = expected_world(run.foundation, run.order.scenario, connected)
    bills: Ints = charge(world, run.model, run.terms).municipal[0, 0]
    return bills
