"""Measures of how evenly something is spread, and of how much a bill moves."""

from __future__ import annotations

import numpy as np

from hub.metering.foundation import Reals
from hub.metering.sharing import Ints

SMALL = 3000


def gini(amounts: Reals) -> float:
    """The Gini coefficient of non-negative `amounts`: 0 when all are equal, near 1 when one has everything."""
    ordered = np.sort(amounts)
    whole = ordered.sum()
    if not whole:
        return 0.0
    count = len(ordered)
    rank = np.arange(1, count + 1)
    return float(2 * (rank * ordered).sum() / (count * whole) - (count + 1) / count)


def small_bill_swing(bills: Ints, population: Ints) -> float:
    """How uncertain a small municipality's bill is: the median of (p90 - p10) / p50 among those under `SMALL`.

    `bills` is [draws, municipalities]. 0 where no small one pays.
    """
    small = bills[:, (population > 0) & (population < SMALL)]
    if not small.size:
        return 0.0
    low, middle, high = np.percentile(small, [10, 50, 90], axis=0)
    paying = middle > 0
    return float(np.median((high - low)[paying] / middle[paying])) if paying.any() else 0.0


def percentile_ore(amounts: Ints, percent: float) -> Ints:
    """The percentile over draws (the first axis), as whole øre."""
    return np.rint(np.percentile(amounts, percent, axis=0)).astype(np.int64)
