"""A calculation by hand that a price model's file holds, and the same calculation by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import numpy as np

from hub.metering.month import Month, months_from
from hub.metering.municipalities import Municipality
from hub.metering.world import World
from hub.model.codes import ServiceCode
from hub.model.money import to_ore

Prices = Literal["recover", "list"]


@dataclass(frozen=True, slots=True)
class ExampleMunicipality:
    """A municipality of a worked example: monthly cases and users of safety alarm, and what its year must cost.

    It has the service in use from month number `connected_from`; 0 is never.
    """

    name: str
    population: int
    key: int
    cases: int
    users: int
    fixed_ore: int
    variable_ore: int
    connected_from: int = 1


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """A calculation by hand over one calendar year: `total` in kroner, what each must pay, and what the state pays."""

    text: str
    total: Decimal
    municipalities: tuple[ExampleMunicipality, ...]
    state_ore: int = 0
    state_percent: Decimal = Decimal(0)
    settings: Mapping[str, Decimal] = field(default_factory=dict)
    prices: Prices = "recover"
    year: int = 2025


def example_world(example: WorkedExample) -> World:
    """The example's year as a world with one draw and one service, safety alarm."""
    months = months_from(Month(example.year, 1), 12)
    rows = example.municipalities
    shape = (12, len(rows))
    connected = np.array([[0 < r.connected_from <= m.number for r in rows] for m in months])[None]
    one_service = connected[..., None]
    return World(
        months=months,
        municipalities=tuple(Municipality(r.name, r.name, "", r.name, r.population, ()) for r in rows),
        services=(ServiceCode.SAFETY_ALARM,),
        yearly_gross=np.array([[to_ore(example.total)]], np.int64),
        key=np.broadcast_to(np.array([r.key for r in rows], np.int64), shape),
        population=np.broadcast_to(np.array([r.population for r in rows], np.int64), shape),
        connected=connected,
        cases=one_service * np.array([[r.cases] for r in rows], np.int64),
        users=one_service * np.array([[r.users] for r in rows], np.int64),
        reads=np.zeros((1, *shape), np.int64),
    )
