"""One run of one price model over one period: the figures, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from hub.metering.charges import Charges, Terms, charge
from hub.metering.connection import connection
from hub.metering.foundation import Foundation, foundation
from hub.metering.input_table import InputText
from hub.metering.kroner import number
from hub.metering.metered_use import MeteredUse
from hub.metering.month import months_from
from hub.metering.price_model import PriceModel, settings_of
from hub.metering.scenario import Scenario
from hub.metering.state_share import StateShare
from hub.metering.worked_example import Prices
from hub.metering.world import World
from hub.metering.worlds import expected_world
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.plugins import PRICE_MODELS, discover


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for: a model, a scenario, and the terms. Tables are given as their text."""

    model: str
    scenario: Scenario
    state: StateShare = field(default_factory=StateShare)
    settings: Mapping[str, Decimal] = field(default_factory=dict)
    prices: Prices = "recover"
    key_table: InputText | None = None
    changes_table: InputText | None = None
    metered: MeteredUse | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What came of an order. `charges` and `world` have one draw."""

    order: Order
    model: PriceModel
    terms: Terms
    foundation: Foundation
    world: World
    charges: Charges
    uses_key: bool

    @property
    def warnings(self) -> tuple[str, ...]:
        """What every table made of this run must say first: that the key is not the real one, where it is used."""
        key = self.foundation.key
        return (key.source,) if key.is_stand_in and self.uses_key else ()

    def sources(self) -> tuple[str, ...]:
        """Where the figures come from, in Norwegian; the key only where it is used."""
        found = self.foundation.sources()
        return found if self.uses_key else tuple(text for text in found if text != self.foundation.key.source)

    def assumptions(self) -> tuple[str, ...]:
        """Everything that was assumed, in Norwegian: goes into every document."""
        scenario = self.order.scenario
        values = ", ".join(f"{name} {number(value)}" for name, value in self.terms.settings.values.items())
        prices = "satt så de dekker totalen" if self.terms.prices == "recover" else "en prisliste; staten dekker resten"
        return (
            f"Prismodell {self.model.name}: {self.model.title}. Prisene er {prices}."
            + (f" Parametre: {values}." if values else ""),
            *scenario.texts(),
            *self.terms.state.texts(),
            self._who(),
        )

    def _who(self) -> str:
        scenario = self.order.scenario
        if scenario.adoption:
            points = ", ".join(f"måned {m}: {'alle' if n is None else n}" for m, n in scenario.adoption)
            return f"Tilknytning over tid ({points}; rekkefølge {scenario.who_first}). Antallene er forutsetninger."
        if scenario.connected == "metered":
            return "En kommune har tjenesten i bruk fra sin første målte sak."
        months, known = self.foundation.months, self.foundation.municipalities[: len(self.foundation.key.weights)]
        return connection(scenario.connected, months=months, municipalities=known).source


def price_model(name: str) -> PriceModel:
    """The model called `name`. Raises ConfigurationError that lists those there are."""
    models: dict[str, PriceModel] = discover(PRICE_MODELS)
    if name not in models:
        text = f"ukjent prismodell {name!r}; det finnes: {', '.join(sorted(models))}"
        raise ConfigurationError([ConfigurationFault(0, "--model", text)])
    return models[name]


def run(order: Order) -> Run:
    """Carry out `order`. Raises ConfigurationError for anything in it that can't be used."""
    scenario = order.scenario.checked()
    model = price_model(order.model)
    terms = Terms(settings_of(model, order.settings), order.state, order.prices)
    ground = foundation(
        months_from(scenario.start, scenario.months),
        key_table=order.key_table,
        changes_table=order.changes_table,
        metered=order.metered,
    )
    return run_on(order, model, terms, ground)


def run_on(order: Order, model: PriceModel, terms: Terms, ground: Foundation) -> Run:
    """Carry out `order` on a foundation that is already laid."""
    world = expected_world(ground, order.scenario)
    charges = charge(world, model, terms)
    return Run(order, model, terms, ground, world, charges, _uses_key(model, terms, world))


def _uses_key(model: PriceModel, terms: Terms, world: World) -> bool:
    """Whether another key would share the money in another way."""
    other = replace(world, key=np.ones_like(world.key))
    both = zip(model.pots(world, terms.settings), model.pots(other, terms.settings), strict=True)
    return any(not np.array_equal(one.weights, another.weights) for one, another in both)
