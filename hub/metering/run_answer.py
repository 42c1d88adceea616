"""A run as an answer: the JSON that `cost run --json` prints and `/cost/run` gives. All amounts are whole øre."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel

from hub.metering.run import Run
from hub.metering.sharing import Ints


class MunicipalityAnswer(BaseModel):
    """What a municipality pays: `months` in calendar order; `per_inhabitant_ore` is rounded, for reading only."""

    number: str
    name: str
    fixed_ore: int
    variable_ore: int
    total_ore: int
    months: list[int]
    per_inhabitant_ore: int


class MonthAnswer(BaseModel):
    """A month: gross + carried in = state + fixed + variable + carried out."""

    month: str
    total_ore: int
    state_ore: int
    fixed_ore: int
    variable_ore: int
    carried_in_ore: int
    carried_out_ore: int


class LineAnswer(BaseModel):
    """A line that explains: what was carried forward from a month with nobody to pay."""

    kind: str
    month: str
    ore: int
    text: str


class KeyAnswer(BaseModel):
    """The cost key, and whether it only stands in for the real one."""

    is_stand_in: bool
    source: str


class RunAnswer(BaseModel):
    """The whole answer. `total_ore` = `state_ore` + the municipalities' `total_ore` + `carried_ore`."""

    model: str
    title: str
    period_from: str
    period_months: int
    total_ore: int
    state_ore: int
    municipal_ore: int
    carried_ore: int
    municipalities: list[MunicipalityAnswer]
    months: list[MonthAnswer]
    lines: list[LineAnswer]
    key: KeyAnswer
    assumptions: list[str]
    sources: list[str]
    warnings: list[str]


def run_answer(run: Run) -> RunAnswer:
    """`run` as an answer."""
    charges = run.charges
    order = run.order
    key = KeyAnswer(is_stand_in=run.foundation.key.is_stand_in, source=run.foundation.key.source)
    return RunAnswer(
        model=run.model.name,
        title=run.model.title,
        period_from=str(order.scenario.start),
        period_months=order.scenario.months,
        total_ore=_sum(charges.gross),
        state_ore=_sum(charges.state),
        municipal_ore=_sum(charges.municipal),
        carried_ore=int(charges.carried[0, -1]),
        municipalities=_municipalities(run),
        months=_months(run),
        lines=_lines(run),
        key=key,
        assumptions=list(run.assumptions()),
        sources=list(run.sources()),
        warnings=list(run.warnings),
    )


def _sum(amounts: Ints) -> int:
    return int(amounts.sum())


def _municipalities(run: Run) -> list[MunicipalityAnswer]:
    fixed, variable = run.charges.fixed[0], run.charges.variable[0]
    total = fixed + variable
    inhabitants = np.maximum(run.world.population[-1], 1)
    return [
        MunicipalityAnswer(
            number=municipality.number,
            name=municipality.name,
            fixed_ore=_sum(fixed[:, i]),
            variable_ore=_sum(variable[:, i]),
            total_ore=_sum(total[:, i]),
            months=total[:, i].tolist(),
            per_inhabitant_ore=round(_sum(total[:, i]) / int(inhabitants[i])),
        )
        for i, municipality in enumerate(run.world.municipalities)
    ]


def _months(run: Run) -> list[MonthAnswer]:
    charges = run.charges
    carried_in = [0, *charges.carried[0, :-1].tolist()]
    return [
        MonthAnswer(
            month=str(month),
            total_ore=int(charges.gross[0, t]),
            state_ore=int(charges.state[0, t]),
            fixed_ore=_sum(charges.fixed[0, t]),
            variable_ore=_sum(charges.variable[0, t]),
            carried_in_ore=carried_in[t],
            carried_out_ore=int(charges.carried[0, t]),
        )
        for t, month in enumerate(run.world.months)
    ]


def _lines(run: Run) -> list[LineAnswer]:
    return [
        LineAnswer(
            kind="carried_forward",
            month=str(month),
            ore=int(run.charges.carried[0, t]),
            text=f"{month.norwegian}: ingen å dele på; beløpet bæres videre til neste måned",
        )
        for t, month in enumerate(run.world.months)
        if run.charges.carried[0, t]
    ]
