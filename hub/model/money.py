"""Money: Decimal kroner at the edges, whole øre inside, and splits without remainder."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal


def to_ore(kroner: Decimal) -> int:
    """Kroner as whole øre, half an øre rounded away from zero."""
    return int((kroner * 100).to_integral_value(rounding=ROUND_HALF_UP))


def to_kroner(ore: int) -> Decimal:
    """Whole øre as kroner with two decimals."""
    return Decimal(ore).scaleb(-2)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """`total` øre shared by `weights` (integers, not negative, not all zero), summing to `total` exactly.

    Largest remainder: every part is rounded down, and the øre that are left go to the largest
    remainders, the earlier first where they are equal. Raises ValueError on weights that cannot share.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    sign, amount = (-1, -total) if total < 0 else (1, total)
    parts = [amount * w // whole for w in weights]
    remainders = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for i in remainders[: amount - sum(parts)]:
        parts[i] += 1
    return [sign * p for p in parts]
