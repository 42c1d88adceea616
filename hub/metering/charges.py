"""From a world and a price model to what everybody pays, every level summing to the one above.

In each month: gross + carried in = state + municipalities + carried out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from hub.metering.pot import Pot
from hub.metering.price_model import PriceModel, Settings
from hub.metering.sharing import LARGEST_WEIGHTS, Bools, Ints, carry, mul_div, share_rows, share_within
from hub.metering.state_share import StateShare, covered_by_state
from hub.metering.worked_example import Prices
from hub.metering.world import World
from hub.metering.year_steps import YearSums, year_sums
from hub.model.errors import ConfigurationError, ConfigurationFault


@dataclass(frozen=True, slots=True)
class Terms:
    """How a model is used: its settings, the state's share, and whether prices recover the total or stand in a list."""

    settings: Settings
    state: StateShare = field(default_factory=StateShare)
    prices: Prices = "recover"


@dataclass(frozen=True, slots=True)
class PotCharge:
    """A pot as it was shared: `payable` [draws, months] with what was carried in, `parts` per municipality.

    `carried` is the pot's balance after each month, `parts` what falls on each before rules on single bills.
    """

    pot: Pot
    payable: Ints
    carried: Ints
    parts: Ints


@dataclass(frozen=True, slots=True)
class Charges:
    """What everybody pays, in øre: [draws, months] and, for municipalities, [draws, months, municipalities]."""

    gross: Ints
    state: Ints
    fixed: Ints
    variable: Ints
    carried: Ints
    pots: tuple[PotCharge, ...]

    @property
    def municipal(self) -> Ints:
        """Fixed and variable together."""
        return self.fixed + self.variable


def charge(world: World, model: PriceModel, terms: Terms) -> Charges:
    """What `model` makes of `world`. Raises ConfigurationError where the model has no price list to go by."""
    gross = year_sums(world.yearly_gross, world.months)
    pots = model.pots(world, terms.settings)
    percent = Fraction(terms.state.percent) / 100
    if terms.prices == "list":
        shared = [_listed(pot, model, municipal_part=1 - percent) for pot in pots]
    else:
        net = gross.less(gross.part([percent] * len(world.months)))
        shared = _shared(pots, net)
    return _settled(world, terms.state, gross.in_month, shared)


def _shared(pots: tuple[Pot, ...], net: YearSums) -> list[PotCharge]:
    found = []
    for pot in pots:
        _check_weights(pot)
    for pot in pots[:-1]:
        own = net.part(pot.share)
        found.append(_pot_charge(pot, own.in_month))
        net = net.less(own)
    return [*found, _pot_charge(pots[-1], net.in_month)]


def _check_weights(pot: Pot) -> None:
    """Weights that a sum can be shared by exactly. Prices and use far beyond anything real are not."""
    if not 0 <= pot.weights.min() <= pot.weights.sum(axis=-1).max() < LARGEST_WEIGHTS:
        text = "prisene eller bruken er for store til at beløpene kan deles til øret"
        raise ConfigurationError([ConfigurationFault(0, pot.name, text)])


def _pot_charge(pot: Pot, amounts: Ints) -> PotCharge:
    draws = max(len(amounts), len(pot.weights))
    anybody: Bools = np.asarray((pot.weights > 0).any(axis=-1))
    if not anybody.all():
        amounts = np.broadcast_to(amounts, (draws, amounts.shape[1]))
    payable, carried = (amounts, np.zeros_like(amounts)) if anybody.all() else carry(amounts, anybody)
    if pot.least is None or pot.most is None:
        return PotCharge(pot, payable, carried, share_rows(payable, pot.weights))
    return PotCharge(pot, payable, carried, share_within(payable, pot.weights, least=pot.least, most=pot.most))


def _listed(pot: Pot, model: PriceModel, *, municipal_part: Fraction) -> PotCharge:
    if pot.listed is None:
        raise ConfigurationError([ConfigurationFault(0, model.name, "modellen har ingen prisliste; bruk recover")])
    owed = pot.listed if pot.most is None or pot.least is None else np.clip(pot.listed, pot.least, pot.most)
    upper, lower = municipal_part.numerator, municipal_part.denominator
    parts = mul_div(owed, 2 * upper, 2 * lower, add=lower)[0]
    payable = parts.sum(axis=-1)
    return PotCharge(pot, payable, np.zeros_like(payable), parts)


def _settled(world: World, state: StateShare, gross: Ints, shared: list[PotCharge]) -> Charges:
    fixed, variable = _components(shared)
    if state.takes_from_bills:
        bills = fixed + variable
        net = bills - covered_by_state(state, world, bills, service_weights(world, shared))
        fixed = mul_div(fixed, net, bills)[0]
        variable = net - fixed
    carried = np.sum([s.carried for s in shared], axis=0)
    carried_in = np.concatenate([np.zeros_like(carried[:, :1]), carried[:, :-1]], axis=1)
    # the state pays what nobody else does: its share, what caps cut off, what a price list doesn't cover
    own = gross + carried_in - carried - fixed.sum(axis=-1) - variable.sum(axis=-1)
    return Charges(gross, own, fixed, variable, carried, tuple(shared))


def _components(shared: list[PotCharge]) -> tuple[Ints, Ints]:
    shape = np.broadcast_shapes(*(s.parts.shape for s in shared))
    fixed, variable = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for one in shared:
        if one.pot.base is not None:
            part = mul_div(one.parts, one.pot.base, one.pot.weights)[0]
            fixed += part
            variable += one.parts - part
        elif one.pot.component == "fixed":
            fixed += one.parts
        else:
            variable += one.parts
    return fixed, variable


def service_weights(world: World, shared: list[PotCharge]) -> Ints:
    """On which services a bill falls: as the pot with prices by service says, else as the cases do."""
    for one in shared:
        if one.pot.services is not None:
            return one.pot.services.units * one.pot.services.rates
    return world.cases
