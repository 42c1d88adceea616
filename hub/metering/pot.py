"""A pot: a part of the money and the weights by which it is shared. What every price model answers with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from hub.metering.sharing import Ints
from hub.metering.world import World

Component = Literal["fixed", "variable"]


@dataclass(frozen=True, slots=True)
class ServiceRates:
    """How weights come about by service: `units` [draws, months, municipalities, services] times `rates` [services]."""

    unit: Literal["sak", "bruker"]
    units: Ints
    rates: Ints


@dataclass(frozen=True, slots=True)
class Pot:
    """A part of the month's money and how it is shared.

    `share` is the pot's part, by month, of what former pots left; it must be the same all through a calendar year,
    and the last pot takes all that is left. `weights` is [draws, months, municipalities]. `listed` is what each owes
    in øre by a price list, where the model has one. `least` and `most` bound each one's amount in øre. `base` is the
    part of the weights that is a fixed fee. `services` tells how the weights come about, for lines by service;
    `by_cases` that they come from cases in some other way.
    """

    name: str
    title: str
    rule: str
    component: Component
    share: Sequence[Fraction]
    weights: Ints
    listed: Ints | None = None
    least: Ints | None = None
    most: Ints | None = None
    base: Ints | None = None
    services: ServiceRates | None = None
    by_cases: bool = False

    @property
    def follows_use(self) -> bool:
        """Whether more use makes a bill grow."""
        return self.by_cases or self.services is not None


def every_month(world: World, share: Fraction = Fraction(1)) -> list[Fraction]:
    """The same share in every month."""
    return [share] * len(world.months)
