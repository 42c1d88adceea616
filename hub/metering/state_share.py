"""What the state takes: a per cent off the top, or a part of each municipality's bill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction

import numpy as np

from hub.metering.kroner import grouped, number
from hub.metering.sharing import Ints, mul_div
from hub.metering.world import World
from hub.metering.year_steps import month_amounts
from hub.model.codes import ServiceCode
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.money import to_ore

_MILLIONTHS = 1_000_000
_HIGHEST = 10**7


@dataclass(frozen=True, slots=True)
class StateShare:
    """The state's part. All that are set apply, in this order.

    `percent` of the gross total, before anything else. `by_service`: per cent of what falls on a service. `first`: the
    first kroner per inhabitant and year of each bill. `small`: the whole bill of those with fewer inhabitants.
    """

    percent: Decimal = Decimal(0)
    by_service: Mapping[ServiceCode, Decimal] = field(default_factory=dict)
    first: Decimal = Decimal(0)
    small: int = 0

    @property
    def takes_from_bills(self) -> bool:
        """Whether any rule works on each municipality's bill."""
        return bool(self.by_service or self.first or self.small)

    def texts(self) -> tuple[str, ...]:
        """The rules in Norwegian, for documents."""
        found = [f"Staten dekker {number(self.percent)} % av totalen."]
        found += [
            f"Staten dekker {number(p)} % av det som faller på tjenesten {s}." for s, p in self.by_service.items()
        ]
        if self.first:
            found.append(f"Staten dekker de første {number(self.first)} kroner per innbygger og år.")
        if self.small:
            found.append(f"Staten dekker alt for kommuner med under {grouped(self.small)} innbyggere.")
        return tuple(found)


def state_share(percent: Decimal, rules: Iterable[str] = ()) -> StateShare:
    """The share from a per cent and rules like `first=5`, `small=5000`, `ta=50`. ConfigurationError names faults."""
    share, faults = StateShare(), []
    for name, text in (("percent", str(percent)), *(rule.partition("=")[::2] for rule in rules)):
        try:
            share = _with(share, name.strip(), Decimal(text.strip().replace(",", ".")))
        except (ValueError, InvalidOperation):
            where = f"--state-share {text}" if name == "percent" else f"--state-rule {name}={text}"
            faults.append(ConfigurationFault(0, where, _advice(name)))
    if faults:
        raise ConfigurationError(faults)
    return share


def _with(share: StateShare, name: str, value: Decimal) -> StateShare:
    if not 0 <= value <= _HIGHEST:
        raise ValueError(name)
    if name in ("first", "small"):
        return replace(share, first=value) if name == "first" else replace(share, small=int(value))
    if value > 100:
        raise ValueError(name)
    return replace(share, percent=value) if name == "percent" else _with_service(share, ServiceCode(name), value)


def _with_service(share: StateShare, service: ServiceCode, value: Decimal) -> StateShare:
    return replace(share, by_service={**share.by_service, service: value})


def _advice(name: str) -> str:
    if name in ("first", "small"):
        return f"må være et tall fra 0 til {grouped(_HIGHEST)}"
    if name == "percent" or name in set(ServiceCode):
        return "må være et tall fra 0 til 100"
    return "ukjent regel; bruk first, small eller en tjenestekode"


def covered_by_state(share: StateShare, world: World, bills: Ints, service_weights: Ints) -> Ints:
    """What the state pays of each bill: øre [draws, months, municipalities], never more than the bill.

    `service_weights` has services as its last axis and says on which services a bill falls. Rounded down to the øre.
    """
    left = bills - _service_part(share, world, bills, service_weights)
    if share.first:
        allowance = month_amounts(world.population * to_ore(share.first), world.months)
        left = np.maximum(left - allowance, 0)
    if share.small:
        left = np.where(world.population < share.small, 0, left)
    covered: Ints = bills - left
    return covered


def _service_part(share: StateShare, world: World, bills: Ints, service_weights: Ints) -> Ints:
    if not share.by_service:
        return np.zeros_like(bills)
    per_cent = (Fraction(share.by_service.get(s, Decimal(0))) / 100 for s in world.services)
    rates = np.array([round(f * _MILLIONTHS) for f in per_cent], np.int64)
    return mul_div(bills, service_weights @ rates, service_weights.sum(axis=-1) * _MILLIONTHS)[0]
