"""Random streams that give the same numbers on every machine: a name leads to a seed, a seed to a stream.

SplitMix64 (Steele, Lea and Flood 2014): 64-bit integer arithmetic only, so neither Python's version nor the
processor matters, and a stream costs nothing to open. Nothing here is fit for secrets.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

_MASK = 0xFFFFFFFFFFFFFFFF
GAMMA = 0x9E3779B97F4A7C15
STEP = 0xD1342543DE82EF95
_TO_UNIT = 2.0**-53


def seed_of(*names: object) -> int:
    """A 64-bit seed from names (texts and whole numbers), the same everywhere."""
    digest = blake2b("\x1f".join(map(str, names)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def mixed(seed: int, number: int) -> int:
    """A 64-bit seed from a seed and a whole number, a cheaper `seed_of` for inner loops."""
    z = (seed + number * STEP + GAMMA) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def unit_of(seed: int) -> float:
    """A seed as a number from 0 up to, not including, 1."""
    return (seed >> 11) * _TO_UNIT


def uuid_of(seed: int) -> str:
    """The version 4 UUID that belongs to a seed."""
    digits = f"{seed:016x}{mixed(seed, 0):016x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


class Stream:
    """An endless row of random numbers from one 64-bit seed."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed

    def bits(self) -> int:
        """The next 64 bits."""
        self._state = z = (self._state + GAMMA) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def unit(self) -> float:
        """A number from 0 up to, not including, 1."""
        # `bits` written out, here and in the next two: these are drawn more often than anything else.
        self._state = z = (self._state + GAMMA) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((z ^ (z >> 31)) >> 11) * _TO_UNIT

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        self._state = z = (self._state + GAMMA) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((z ^ (z >> 31)) >> 11) * _TO_UNIT < probability

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, not including, `limit`."""
        self._state = z = (self._state + GAMMA) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((z ^ (z >> 31)) * limit) >> 64

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`, each as likely."""
        return choices[(self.bits() * len(choices)) >> 64]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of (choice, weight) pairs, in proportion to the weights."""
        whole = 0.0
        for _, weight in choices:
            whole += weight
        point = self.unit() * whole
        for choice, weight in choices:
            point -= weight
            if point < 0:
                return choice
        return choices[-1][0]

    def about(self, mean: float, spread: float) -> float:
        """Nearly normally distributed with this mean and standard deviation, never beyond 3.5 of them.

        A sum of four uniform numbers, which is exact arithmetic and so the same everywhere.
        """
        return mean + spread * (self.unit() + self.unit() + self.unit() + self.unit() - 2.0) * 1.7320508075688772

    def count(self, mean: float) -> int:
        """How many times something happens that happens `mean` times on average (Poisson; mean below 30)."""
        point, number, mass = self.unit(), 0, math.exp(-mean)
        while point >= mass and number < 200:
            point -= mass
            number += 1
            mass *= mean / number
        return number

    def uuid(self) -> str:
        """A version 4 UUID."""
        return uuid_of(self.bits())
