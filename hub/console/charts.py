"""A chart as plain numbers that a template draws as SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.metering.run_answer import MonthAnswer

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 720, 260, 70, 30, 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a bar: its class (a, b or c), place and size."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a place; of the scale, with a line across."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked bars on a scale."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    scale: tuple[Mark, ...]
    names: tuple[Mark, ...]


def months_chart(months: Sequence[MonthAnswer]) -> Chart:
    """Who pays, month by month: the state (a), the municipalities' fixed part (b), and their use (c)."""
    stacks = [(m.state_ore, m.fixed_ore, m.variable_ore) for m in months]
    top = _round_up(max((sum(stack) for stack in stacks), default=0) / 100)
    room = (_WIDTH - _LEFT) / max(len(stacks), 1)
    bars = [bar for i, stack in enumerate(stacks) for bar in _stacked(stack, _LEFT + room * (i + 0.15), room, top)]
    names = [Mark(m.month[5:], _LEFT + room * (i + 0.5), _HEIGHT - 8) for i, m in enumerate(months)]
    scale = [Mark(_kroner(top * i / 4), _LEFT - 8, _y(top * i / 4, top)) for i in range(5)]
    return Chart(_WIDTH, _HEIGHT, tuple(bars), tuple(scale), tuple(names))


def _stacked(stack: Sequence[int], x: float, room: float, top: float) -> list[Bar]:
    found, below = [], 0.0
    for kind, ore in zip("abc", stack, strict=True):
        kroner = ore / 100
        if kroner > 0:
            y = _y(below + kroner, top)
            found.append(Bar(kind, round(x, 1), round(y, 1), round(room * 0.7, 1), round(_y(below, top) - y, 1)))
            below += kroner
    return found


def _y(kroner: float, top: float) -> float:
    return round(_HEIGHT - _BOTTOM - kroner / top * (_HEIGHT - _BOTTOM - _TOP), 1)


def _round_up(kroner: float) -> float:
    """The next round number: 1, 2, 4 or 8 times a power of ten."""
    unit = 1.0
    while kroner > 8 * unit:
        unit *= 10
    return next((unit * i for i in (1, 2, 4, 8) if kroner <= unit * i), 8 * unit)


def _kroner(kroner: float) -> str:
    if kroner >= 1_000_000:
        return f"{kroner / 1_000_000:g} mill."
    return f"{kroner:,.0f}".replace(",", "\u202f") if kroner >= 1_000 else f"{kroner:g}"
