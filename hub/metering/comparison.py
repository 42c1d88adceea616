"""Any models side by side: who pays what, who wins and loses, how even and how steady it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from pydantic import BaseModel

from hub.metering.break_even import break_even_use, effect_of_one_more
from hub.metering.run import Order, Run, run
from hub.metering.scenario import Uncertainty
from hub.metering.sharing import Ints
from hub.metering.simulation import Drawn, simulate
from hub.metering.spread import SMALL, gini, percentile_ore, small_bill_swing

_EXTREMES = 5


class Named(BaseModel):
    """A municipality and an amount that concerns it."""

    number: str
    name: str
    ore: int


class BreakEven(BaseModel):
    """At how many times its expected use a municipality pays the same as under the base model; None is never."""

    number: str
    name: str
    use_factor: float | None


class YearBand(BaseModel):
    """A calendar year over all draws, in øre: the municipalities together and the state, at percentiles."""

    year: int
    connected_p50: int
    municipal_p10_ore: int
    municipal_p50_ore: int
    municipal_p90_ore: int
    state_p50_ore: int


class ModelComparison(BaseModel):
    """One model: expected sums of the period, spread per inhabitant and year, and what it does at the margin.

    `winners` and `losers` are counted against the base model, by more than a krone over the period.
    """

    model: str
    title: str
    total_ore: int
    state_ore: int
    municipal_ore: int
    carried_ore: int
    per_inhabitant_mean_ore: int
    per_inhabitant_min_ore: int
    per_inhabitant_median_ore: int
    per_inhabitant_max_ore: int
    gini: float
    small_bill_swing: float
    winners: int
    losers: int
    most_saved: list[Named]
    most_lost: list[Named]
    one_more_joining_ore: int | None
    break_even: list[BreakEven]
    years: list[YearBand]


class MunicipalityBills(BaseModel):
    """A municipality's bill of the period under each model, in the models' order; percentiles over the draws."""

    number: str
    name: str
    population: int
    total_ore: list[int]
    p10_ore: list[int]
    p50_ore: list[int]
    p90_ore: list[int]


class ComparisonAnswer(BaseModel):
    """The comparison. `base` is the model that winners and losers are counted against: the first."""

    base: str
    period_from: str
    period_months: int
    draws: int
    seed: int
    models: list[ModelComparison]
    municipalities: list[MunicipalityBills]
    assumptions: list[str]
    sources: list[str]
    warnings: list[str]


def compare(orders: Sequence[Order], *, draws: int, seed: int) -> ComparisonAnswer:
    """Compare `orders`, which differ in model and terms only, the first being the base. Same seed, same answer."""
    runs = [run(order) for order in orders]
    simulated = simulate(runs, draws=draws, seed=seed)
    base, scenario = runs[0], runs[0].order.scenario
    return ComparisonAnswer(
        base=base.model.name,
        period_from=str(scenario.start),
        period_months=scenario.months,
        draws=draws,
        seed=seed,
        models=[_compared(one, base, many) for one, many in zip(runs, simulated, strict=True)],
        municipalities=_municipalities(runs, simulated),
        assumptions=[*_assumptions(runs, scenario.uncertainty), f"{draws} trekninger med frø {seed}."],
        sources=_once(text for one in runs for text in one.sources()),
        warnings=_once(text for one in runs for text in one.warnings),
    )


def _assumptions(runs: Sequence[Run], uncertainty: Uncertainty) -> list[str]:
    return _once([*(text for one in runs for text in one.assumptions()), *uncertainty.texts()])


def _once(texts: Iterable[str]) -> list[str]:
    """Each text once, in order."""
    return list(dict.fromkeys(texts))


def _compared(one: Run, base: Run, many: Drawn) -> ModelComparison:
    charges = one.charges
    bills = charges.municipal.sum(axis=(0, 1))
    heads = _per_inhabitant(one)
    saved = base.charges.municipal.sum(axis=(0, 1)) - bills
    return ModelComparison(
        model=one.model.name,
        title=one.model.title,
        total_ore=int(charges.gross.sum()),
        state_ore=int(charges.state.sum()),
        municipal_ore=int(bills.sum()),
        carried_ore=int(charges.carried[0, -1]),
        per_inhabitant_mean_ore=round(12 * float(bills.sum() / one.world.population[-1].sum()) / len(one.world.months)),
        per_inhabitant_min_ore=round(float(heads.min())),
        per_inhabitant_median_ore=round(float(np.median(heads))),
        per_inhabitant_max_ore=round(float(heads.max())),
        gini=round(gini(heads), 4),
        small_bill_swing=round(small_bill_swing(many.municipal[:, -1], one.world.population[-1]), 4),
        winners=int((saved > 100).sum()),
        losers=int((saved < -100).sum()),
        most_saved=_extremes(one, saved),
        most_lost=_extremes(one, -saved),
        one_more_joining_ore=effect_of_one_more(one),
        break_even=[] if one is base else _break_even(one, base),
        years=_years(many),
    )


def _per_inhabitant(one: Run) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Øre per inhabitant and year, of those who have inhabitants at the period's end."""
    population = one.world.population[-1]
    lived_in = population > 0
    bills = one.charges.municipal.sum(axis=(0, 1))[lived_in]
    return np.asarray(bills / population[lived_in] * 12 / len(one.world.months))


def _extremes(one: Run, gained: Ints) -> list[Named]:
    most = [int(i) for i in np.argsort(-gained, kind="stable")[:_EXTREMES] if gained[i] > 0]
    places = one.world.municipalities
    return [Named(number=places[i].number, name=places[i].name, ore=int(gained[i])) for i in most]


def _break_even(one: Run, base: Run) -> list[BreakEven]:
    """For the smallest, the median and the largest municipality."""
    by_size = np.argsort(one.world.population[0], kind="stable")
    found = []
    for place in (int(by_size[0]), int(by_size[len(by_size) // 2]), int(by_size[-1])):
        factor = break_even_use(one, base, place)
        municipality = one.world.municipalities[place]
        rounded = None if factor is None else round(factor, 3)
        found.append(BreakEven(number=municipality.number, name=municipality.name, use_factor=rounded))
    return found


def _years(many: Drawn) -> list[YearBand]:
    municipal = many.municipal.sum(axis=-1)
    low, middle, high = (percentile_ore(municipal, p) for p in (10, 50, 90))
    state, connected = percentile_ore(many.state, 50), percentile_ore(many.connected, 50)
    return [
        YearBand(
            year=year,
            connected_p50=int(connected[i]),
            municipal_p10_ore=int(low[i]),
            municipal_p50_ore=int(middle[i]),
            municipal_p90_ore=int(high[i]),
            state_p50_ore=int(state[i]),
        )
        for i, year in enumerate(many.years)
    ]


def _municipalities(runs: Sequence[Run], simulated: Sequence[Drawn]) -> list[MunicipalityBills]:
    expected = [one.charges.municipal.sum(axis=(0, 1)) for one in runs]
    whole = [many.municipal.sum(axis=1) for many in simulated]
    low, middle, high = ([percentile_ore(bills, p) for bills in whole] for p in (10, 50, 90))
    population = runs[0].world.population[-1]
    return [
        MunicipalityBills(
            number=municipality.number,
            name=municipality.name,
            population=int(population[i]),
            total_ore=[int(bills[i]) for bills in expected],
            p10_ore=[int(bills[i]) for bills in low],
            p50_ore=[int(bills[i]) for bills in middle],
            p90_ore=[int(bills[i]) for bills in high],
        )
        for i, municipality in enumerate(runs[0].world.municipalities)
    ]


SWING_TEXT = f"Utslag i regningen for kommuner under {SMALL} innbyggere: (p90 - p10) / p50, median"
