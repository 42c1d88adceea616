"""What changes at the margin: the use at which two models cost the same, and what one more joining does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hub.metering.charges import charge
from hub.metering.foundation import Reals
from hub.metering.run import Run
from hub.metering.sharing import Bools, Ints
from hub.metering.worlds import expected_world

#: A municipality's own use is tried from nothing to eight times what is expected.
_FACTORS = np.linspace(0.0, 8.0, 81)
_MOST_MONTHS = 12


def break_even_use(run: Run, base: Run, place: int) -> float | None:
    """By how much the municipality's use must be multiplied for `run`'s model to cost it as much as `base`'s.

    Only its own use changes; the last twelve months at the most are looked at. None where nothing up to eight times
    does it.
    """
    bills = [_bills_by_use(one, place) for one in (run, base)]
    difference = bills[0] - bills[1]
    crossing = np.flatnonzero((difference[:-1] <= 0) & (difference[1:] > 0))
    if not len(crossing):
        return None
    at = int(crossing[0])
    part = -difference[at] / (difference[at + 1] - difference[at])
    return float(_FACTORS[at] + part * (_FACTORS[at + 1] - _FACTORS[at]))


def _bills_by_use(run: Run, place: int) -> Reals:
    world = run.world
    count = len(_FACTORS)
    cases = np.repeat(world.cases, count, axis=0)
    users = np.repeat(world.users, count, axis=0)
    for amounts in (cases, users):
        amounts[:, :, place] = np.rint(amounts[:, :, place] * _FACTORS[:, None, None])
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
