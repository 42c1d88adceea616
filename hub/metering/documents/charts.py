"""Charts as SVG text: told apart by shade, hatching, line and marker, so that they hold in black and white.

The colours are Okabe and Ito's, which colour-blind readers can tell apart. The same figures give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from hub.metering.comparison import ComparisonAnswer
from hub.metering.kroner import decimal_comma, grouped

_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999933", "#000000")
_LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (7, 3)))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_HATCHES = ("", "///")
_SETTINGS = {
    "svg.hashsalt": "knutepunkt",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 1.0,
}


def who_pays(answer: ComparisonAnswer) -> str:
    """State and municipalities under each model over the period, in millions of kroner."""
    names = [one.model for one in answer.models]
    state = [one.state_ore / 1e8 for one in answer.models]
    municipal = [one.municipal_ore / 1e8 for one in answer.models]
    with rc_context(_SETTINGS):
        figure, axes = _figure(0.5 * len(names) + 1.6)
        axes.barh(names, municipal, color=_COLOURS[0], edgecolor="black", label="kommunene")
        axes.barh(names, state, left=municipal, color=_COLOURS[1], edgecolor="black", hatch="///", label="staten")
        axes.invert_yaxis()
        axes.set_xlabel("millioner kroner i perioden")
        _decimal_commas(axes, "xaxis")
        _below(axes, 2)
        return _svg(figure)


def ranking(answer: ComparisonAnswer) -> str:
    """All municipalities under each model, from the lowest to the highest cost per inhabitant and year."""
    with rc_context(_SETTINGS):
        figure, axes = _figure(4.6)
        for i, one in enumerate(answer.models):
            heads = _per_inhabitant(answer, i)
            axes.plot(np.arange(1, len(heads) + 1), heads, label=one.model, **_style(i, every=len(heads) // 9 or 1))
        axes.set_xlabel("kommunene, rangert fra lavest til høyest")
        axes.set_ylabel("kroner per innbygger og år")
        _decimal_commas(axes, "yaxis")
        _below(axes, 4)
        return _svg(figure)


def _per_inhabitant(answer: ComparisonAnswer, index: int) -> list[float]:
    years = answer.period_months / 12
    return sorted(m.total_ore[index] / 100 / m.population / years for m in answer.municipalities if m.population)


def adoption(answer: ComparisonAnswer) -> str:
    """How many municipalities have the service in use at the end of each year, in the middle draw."""
    years = answer.models[0].years
    with rc_context(_SETTINGS):
        figure, axes = _figure(3.2)
        axes.plot([y.year for y in years], [y.connected_p50 for y in years], **_style(0))
        for one in years:
            axes.annotate(
                str(one.connected_p50), (one.year, one.connected_p50), (0, 8), textcoords="offset points", ha="center"
            )
        axes.set_ylim(0, 1.15 * max(1, *(y.connected_p50 for y in years)))
        axes.set_ylabel("tilknyttede kommuner")
        axes.set_xticks([y.year for y in years])
        return _svg(figure)


def fan(answer: ComparisonAnswer, index: int) -> str:
    """The municipalities' bill together under one model by year: the band holds eight draws of ten."""
    one = answer.models[index]
    years = [y.year for y in one.years]
    low = [y.municipal_p10_ore / 1e8 for y in one.years]
    middle = [y.municipal_p50_ore / 1e8 for y in one.years]
    high = [y.municipal_p90_ore / 1e8 for y in one.years]
    with rc_context(_SETTINGS):
        figure, axes = _figure(3.2)
        if len(years) == 1:
            errors = [[middle[0] - low[0]], [high[0] - middle[0]]]
            axes.errorbar(years, middle, yerr=errors, color="black", capsize=8, marker="o", label="midten og 80 %")
        else:
            axes.fill_between(
                years, low, high, color=_COLOURS[4], hatch="..", edgecolor="black", label="8 av 10 trekninger"
            )
            axes.plot(years, middle, color="black", marker="o", label="midterste trekning")
        axes.set_ylim(0, None)
        axes.set_xticks(years)
        axes.set_ylabel("millioner kroner i året")
        _decimal_commas(axes, "yaxis")
        axes.set_title(one.model)
        _below(axes, 2)
        return _svg(figure)


def months_chart(months: Sequence[str], fixed: Sequence[int], variable: Sequence[int]) -> str:
    """One municipality's months in kroner, the fixed and the variable part."""
    with rc_context(_SETTINGS):
        figure, axes = _figure(3.0)
        low = [ore / 100 for ore in fixed]
        axes.bar(months, low, color=_COLOURS[0], edgecolor="black", label="fast")
        axes.bar(
            months,
            [ore / 100 for ore in variable],
            bottom=low,
            color=_COLOURS[1],
            edgecolor="black",
            hatch="///",
            label="variabelt",
        )
        axes.tick_params(axis="x", rotation=45)
        axes.set_ylabel("kroner")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: grouped(round(value))))
        _below(axes, 2)
        return _svg(figure)


def _style(index: int, every: int = 1) -> dict[str, Any]:
    at = index % len(_COLOURS)
    return {
        "color": _COLOURS[at],
        "linestyle": _LINES[at],
        "marker": _MARKERS[at],
        "markevery": every,
        "markersize": 6,
        "markeredgecolor": "black",
    }


def _figure(height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(8.5, height), layout="constrained")
    return figure, figure.add_subplot()


def _decimal_commas(axes: Any, *which: str) -> None:
    for name in which:
        getattr(axes, name).set_major_formatter(FuncFormatter(lambda value, _: decimal_comma(f"{value:g}")))


def _below(axes: Any, columns: int) -> None:
    axes.figure.legend(loc="outside lower center", ncols=columns, frameon=False)


def _svg(figure: Figure) -> str:
    text = StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    found = text.getvalue()
    return found[found.index("<svg") :]
