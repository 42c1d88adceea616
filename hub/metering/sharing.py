"""Sharing whole øre without remainder, over many rows at once.

The same rule as `hub.model.money.split`, for arrays: a leading axis of draws, then months, and the municipalities last.
Everything is exact 64-bit integer arithmetic; floating point is only used to guess a quotient, which is then set right.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: The largest quotient that `mul_div` promises to get right (øre: 22 thousand billion kroner).
LARGEST_QUOTIENT = 2**51
#: What the weights of a row must sum to less than.
LARGEST_WEIGHTS = 2**52


def mul_div(amount: Ints, factor: Ints | int, divisor: Ints | int, *, add: Ints | int = 0) -> tuple[Ints, Ints]:
    """`(amount * factor + add) // divisor` and what is left over, exact although the product may pass 64 bits.

    All arguments are non-negative, divisors and `add` under 2**61, quotients under `LARGEST_QUOTIENT`. Where the
    divisor is 0, both answers are 0.
    """
    factor, divisor = np.asarray(factor, np.int64), np.asarray(divisor, np.int64)
    safe: Ints = np.maximum(divisor, 1)
    # the product wraps round in 64 bits, and so does quotient * divisor: their difference is right all the same
    quotient: Ints = np.floor(amount.astype(np.float64) * factor / safe + np.asarray(add) / safe).astype(np.int64)
    left: Ints = np.multiply(amount, factor) + add - quotient * safe
    while ((low := left < 0) | (high := left >= safe)).any():
        quotient += high.astype(np.int64) - low
        left += safe * (low.astype(np.int64) - high)
    if (divisor == 0).any():
        quotient, left = quotient * (divisor != 0), left * (divisor != 0)
    return quotient, left


def share_rows(totals: Ints, weights: Ints) -> Ints:
    """Each row's total shared by the row's weights (last axis): parts sum to the total exactly, largest remainder.

    `totals` has the shape of `weights` without the last axis, or broadcasts to it. A row whose weights are all 0 gets
    only zeros: see that it has nothing to share. The weights of a row sum to under 2**52.
    """
    whole = weights.sum(axis=-1)
    parts, remainders = mul_div(totals[..., None], weights, whole[..., None])
    left: Ints = np.where(whole > 0, totals - parts.sum(axis=-1), 0)
    shared: Ints = parts + _largest(remainders, left)
    return shared


def _largest(remainders: Ints, count: Ints) -> Ints:
    """1 at the `count` largest remainders of each row, the earlier first where they are equal, else 0."""
    size = remainders.shape[-1]
    ranked = remainders * size + np.arange(size - 1, -1, -1)
    ordered = np.sort(ranked, axis=-1)
    place = np.clip(size - count, 0, size - 1)[..., None]
    limit = np.take_along_axis(ordered, np.broadcast_to(place, (*ranked.shape[:-1], 1)), axis=-1)
    return np.asarray((ranked >= limit) & (count > 0)[..., None], np.int64)


def share_within(totals: Ints, weights: Ints, *, least: Ints, most: Ints) -> Ints:
    """As `share_rows`, but no part under `least` nor over `most`; what one can't take falls on the others.

    Where even every `most` is too little, each pays its `most` and the rest is left over for the caller. Where every
    `least` is too much, the total is shared by `least`. Those without weight pay their `least`.
    """
    shape = np.broadcast_shapes(totals.shape, weights.shape[:-1])
    whole = (*shape, weights.shape[-1])
    totals, weights = np.broadcast_to(totals, shape), np.broadcast_to(weights, whole)
    most = np.where(weights > 0, np.broadcast_to(most, whole), np.broadcast_to(least, whole))
    least = np.minimum(np.broadcast_to(least, whole), most)
    too_high = least.sum(axis=-1) >= totals
    payable = np.minimum(totals, most.sum(axis=-1))
    parts = _filled(payable, weights, least, most)
    return np.where(too_high[..., None], share_rows(totals, least), parts)


def _filled(totals: Ints, weights: Ints, least: Ints, most: Ints) -> Ints:
    held = np.zeros(weights.shape, np.bool_)
    fixed = np.zeros(weights.shape, np.int64)
    # every round holds at least one more municipality at its limit, so this ends
    for _ in range(weights.shape[-1] + 1):
        rest = np.maximum(totals - fixed.sum(axis=-1), 0)
        free = np.where(held, 0, weights)
        parts = np.where(held, fixed, share_rows(rest, free))
        over, under = np.maximum(parts - most, 0), np.maximum(least - parts, 0)
        if not (over.any() or under.any()):
            return parts
        cut = (over.sum(axis=-1) >= under.sum(axis=-1))[..., None]
        at_most, at_least = cut & (over > 0), ~cut & (under > 0)
        fixed = np.where(at_most, most, np.where(at_least, least, fixed))
        held = held | at_most | at_least
    return parts


def carry(amounts: Ints, anybody: Bools) -> tuple[Ints, Ints]:
    """What can be shared each month when a month with nobody to pay hands its amount on to the next.

    `amounts` and `anybody` are [draws, months]. Answers the payable amounts, and the balance carried after each month.
    """
    payable, carried = np.zeros(amounts.shape, np.int64), np.zeros(amounts.shape, np.int64)
    balance = np.zeros(amounts.shape[0], np.int64)
    anybody = np.broadcast_to(anybody, amounts.shape)
    for month in range(amounts.shape[1]):
        balance = balance + amounts[:, month]
        payable[:, month] = np.where(anybody[:, month], balance, 0)
        balance = balance - payable[:, month]
        carried[:, month] = balance
    return payable, carried
