"""The port of a price model: what a file in `price_models/`, or somebody else's entry point, must offer.

A price model says how a sum is shared, not how big it is: it answers with pots, each a part of the money and the
weights by which it is shared. The engine (`hub.metering.charges`) does the rest, the same for all models: the year's
months, the state's share, rounding, months with nobody to pay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np

from hub.metering.pot import Pot
from hub.metering.sharing import Ints
from hub.metering.worked_example import WorkedExample
from hub.metering.world import World
from hub.model.codes import ServiceCode
from hub.model.errors import ConfigurationError, ConfigurationFault

Rhythm = Literal["monthly", "quarterly_in_advance", "half_yearly_in_arrears"]

#: Prices are held in hundredths of an øre, so that a price may have four decimals.
HUNDREDTHS = 10_000
#: The most that any parameter can be, where it has no bound of its own.
HIGHEST = 10**6


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a user may set on a model: default, unit and limits, with a title in Norwegian."""

    name: str
    title: str
    default: Decimal
    unit: str
    least: Decimal = Decimal(0)
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The values of a model's parameters, every one of them."""

    values: Mapping[str, Decimal]

    def price(self, name: str) -> int:
        """A price in kroner as hundredths of an øre."""
        return round(self.values[name] * HUNDREDTHS)

    def product(self, name: str, factor: str) -> int:
        """A price in kroner times a factor, as hundredths of an øre."""
        return round(self.values[name] * self.values[factor] * HUNDREDTHS)

    def fraction(self, name: str) -> Fraction:
        """The value, exactly."""
        return Fraction(self.values[name])

    def whole(self, name: str) -> int:
        """The value as a whole number."""
        return round(self.values[name])


@dataclass(frozen=True, slots=True)
class Billing:
    """When the fixed and the variable part are invoiced."""

    fixed: Rhythm = "monthly"
    variable: Rhythm = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceModel:
    """A price model: what a file in `price_models/` holds as `MODEL`.

    `name` is what to ask for it by, `title` what it is called in Norwegian. `formula` says in Norwegian how a bill
    comes about, and is published beside its results. `examples` are calculations by hand, run as tests. `pots` says
    how the money of a world is shared.
    """

    name: str
    title: str
    formula: str
    billing: Billing
    examples: tuple[WorkedExample, ...]
    pots: Callable[[World, Settings], tuple[Pot, ...]]
    parameters: tuple[Parameter, ...] = ()


def settings_of(model: PriceModel, given: Mapping[str, Decimal]) -> Settings:
    """The model's settings: defaults with `given` on top. Raises ConfigurationError naming every bad one."""
    known = {p.name: p for p in model.parameters}
    checked = [_out_of_range(known[n], v) if n in known else _unknown(model, n) for n, v in given.items()]
    if faults := [fault for fault in checked if fault]:
        raise ConfigurationError(faults)
    return Settings({name: given.get(name, p.default) for name, p in known.items()})


def _unknown(model: PriceModel, name: str) -> ConfigurationFault:
    names = ", ".join(p.name for p in model.parameters) or "ingen"
    return ConfigurationFault(0, name, f"ukjent parameter; {model.name} har: {names}")


def _out_of_range(parameter: Parameter, value: Decimal) -> ConfigurationFault | None:
    most = HIGHEST if parameter.most is None else parameter.most
    if value.is_finite() and parameter.least <= value <= most:
        return None
    return ConfigurationFault(0, parameter.name, f"{value} er ikke minst {parameter.least} og høyst {most}")


def service_parameters(default: Decimal = Decimal(1)) -> tuple[Parameter, ...]:
    """A price factor for each service: `factor.ta` and so on."""
    return tuple(Parameter(f"factor.{s}", f"prisfaktor for {s}", default, "ganger") for s in ServiceCode)


def service_rates(world: World, settings: Settings, price: str) -> Ints:
    """`price` times each service's factor, in hundredths of an øre, in the order of the world's services."""
    return np.array([settings.product(price, f"factor.{s}") for s in world.services], np.int64)


def to_whole_ore(hundredths: Ints) -> Ints:
    """Hundredths of an øre as whole øre, half an øre rounded up."""
    return np.asarray((hundredths + 50) // 100, np.int64)
