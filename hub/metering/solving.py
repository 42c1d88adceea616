"""Solving for a parameter: which price gives this state share, and keeps everybody under that many kroner?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from pydantic import BaseModel

from hub.metering.charges import Terms, charge
from hub.metering.kroner import decimal_comma, kroner
from hub.metering.price_model import HIGHEST
from hub.metering.run import Order, Run, run
from hub.metering.state_share import state_share
from hub.model.errors import ConfigurationError, ConfigurationFault

#: The finest step of a parameter: a hundredth of an øre.
_STEP = Decimal("0.0001")
_STATE_SHARE = "state_share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is asked for: the state's part of the gross total in per cent, kroner per inhabitant and year at most."""

    state_percent: Decimal | None = None
    most_per_inhabitant: Decimal | None = None


class Outcome(BaseModel):
    """What a value of the parameter gives: kroner and per cent as text, so that no decimal is lost."""

    value: str
    state_percent: float
    state_ore: int
    municipal_ore: int
    highest_number: str
    highest_name: str
    highest_per_inhabitant_ore: int


class SolveAnswer(BaseModel):
    """The answer. Where both wishes can't be had, `met` is false, and `nearest` is what keeps the limit."""

    model: str
    parameter: str
    met: bool
    outcome: Outcome
    nearest: Outcome | None
    text: list[str]
    assumptions: list[str]
    sources: list[str]
    warnings: list[str]


def solve(order: Order, parameter: str, goal: Goal) -> SolveAnswer:
    """The value of `parameter` (one of the model's, or `state_share`) that meets `goal`.

    A model's price is looked for as a price list, the state paying the rest. Raises ConfigurationError where nothing is
    asked for, or where the parameter doesn't move what is asked for.
    """
    if goal.state_percent is None and goal.most_per_inhabitant is None:
        raise _fault("--target-state-share", "oppgi --target-state-share, --max-per-inhabitant eller begge")
    is_share = parameter == _STATE_SHARE
    one = run(order if is_share else replace(order, prices="list"))
    trial = _Trial(one, parameter)
    wanted = trial.at_state_share(goal.state_percent) if goal.state_percent is not None else None
    limit = trial.within(goal.most_per_inhabitant) if goal.most_per_inhabitant is not None else None
    return _answer(one, parameter, goal, trial, wanted=wanted, limit=limit)


def _answer(
    one: Run, parameter: str, goal: Goal, trial: _Trial, *, wanted: Decimal | None, limit: Decimal | None
) -> SolveAnswer:
    chosen = wanted if wanted is not None else limit
    if chosen is None:
        raise _fault(parameter, "ingen verdi oppfyller kravet")
    outcome = trial.outcome(chosen)
    most = goal.most_per_inhabitant
    met = most is None or outcome.highest_per_inhabitant_ore <= most * 100
    nearest = trial.outcome(limit) if not met and limit is not None else None
    return SolveAnswer(
        model=one.model.name,
        parameter=parameter,
        met=met,
        outcome=outcome,
        nearest=nearest,
        text=[_told(parameter, outcome), *_unmet(parameter, goal, nearest, met=met)],
        assumptions=list(one.assumptions()),
        sources=list(one.sources()),
        warnings=list(one.warnings),
    )


def _told(parameter: str, found: Outcome) -> str:
    share = decimal_comma(f"{found.state_percent:.2f}")
    return (
        f"{parameter} = {decimal_comma(found.value)}: staten betaler {share} % ({kroner(found.state_ore)} kroner), "
        f"kommunene {kroner(found.municipal_ore)}. Mest per innbygger og år: {found.highest_name} med "
        f"{kroner(found.highest_per_inhabitant_ore)} kroner."
    )


def _unmet(parameter: str, goal: Goal, nearest: Outcome | None, *, met: bool) -> list[str]:
    if met:
        return []
    limit = f"Det holder ikke alle under {decimal_comma(goal.most_per_inhabitant)} kroner per innbygger."
    if nearest is None:
        return [f"{limit} Ingen verdi gjør det."]
    return [f"{limit} Nærmest grensen, uten å passere den:", _told(parameter, nearest)]


class _Trial:
    """Tries values of a parameter on one world; everything is monotone in them."""

    def __init__(self, one: Run, parameter: str) -> None:
        self.run = one
        self.parameter = parameter
        self.least, self.most = self._range()

    def _range(self) -> tuple[Decimal, Decimal]:
        if self.parameter == _STATE_SHARE:
            return Decimal(0), Decimal(100)
        found = next((p for p in self.run.model.parameters if p.name == self.parameter), None)
        if found is None:
            names = ", ".join(["state_share", *(p.name for p in self.run.model.parameters)])
            raise _fault("--parameter", f"{self.parameter!r} finnes ikke; bruk en av {names}")
        return found.least, found.most if found.most is not None else Decimal(HIGHEST)

    def outcome(self, value: Decimal) -> Outcome:
        """What `value` gives."""
        charges = charge(self.run.world, self.run.model, self._terms(value))
        gross, state = int(charges.gross.sum()), int(charges.state.sum())
        population = self.run.world.population[-1]
        bills = charges.municipal.sum(axis=(0, 1))
        heads = np.where(population > 0, bills / np.maximum(population, 1), 0) * 12 / len(self.run.world.months)
        place = int(np.argmax(heads))
        highest = self.run.world.municipalities[place]
        return Outcome(
            value=f"{value.normalize():f}",
            state_percent=100 * state / gross if gross else 0.0,
            state_ore=state,
            municipal_ore=int(bills.sum()),
            highest_number=highest.number,
            highest_name=highest.name,
            highest_per_inhabitant_ore=int(np.ceil(heads[place])),
        )

    def _terms(self, value: Decimal) -> Terms:
        terms = self.run.terms
        if self.parameter == _STATE_SHARE:
            return replace(terms, state=replace(terms.state, percent=state_share(value).percent))
        settings = replace(terms.settings, values={**terms.settings.values, self.parameter: value})
        return replace(terms, settings=settings)

    def at_state_share(self, percent: Decimal) -> Decimal:
        """The value whose state share is nearest to `percent`."""
        target = float(percent)
        low = self.outcome(self.least).state_percent
        high = self.outcome(self.most).state_percent
        if low == high or not min(low, high) <= target <= max(low, high):
            raise _fault(self.parameter, f"gir ikke en statlig andel på {decimal_comma(percent)} %")
        rising = high > low
        edge = self._last(lambda value: (self.outcome(value).state_percent <= target) == rising)
        options = [v for v in (edge, edge + _STEP) if self.least <= v <= self.most]
        return min(options, key=lambda value: abs(self.outcome(value).state_percent - target))

    def within(self, most: Decimal) -> Decimal | None:
        """The value nearest the limit that keeps every municipality at or under `most` kroner; None if none does."""

        def keeps(value: Decimal) -> bool:
            return self.outcome(value).highest_per_inhabitant_ore <= most * 100

        lowest, highest = keeps(self.least), keeps(self.most)
        if lowest and highest:
            return self.least if self.parameter == _STATE_SHARE else self.most
        if lowest:
            return self._last(keeps)
        return self._last(lambda value: not keeps(value)) + _STEP if highest else None

    def _last(self, holds: Callable[[Decimal], bool]) -> Decimal:
        """The last step for which `holds`, which is true at `least` and false from some value on."""
        low, high = 0, int((self.most - self.least) / _STEP)
        while high - low > 1:
            middle = (low + high) // 2
            if holds(self.least + middle * _STEP):
                low = middle
            else:
                high = middle
        return self.least + low * _STEP


def _fault(where: str, text: str) -> ConfigurationError:
    return ConfigurationError([ConfigurationFault(0, where, text)])
