"""What a price model sees: money, municipalities and use, as arrays of draws, months and municipalities.

A world without uncertainty has one draw. An array that is the same in every draw may have a first axis of length 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.metering.month import Month
from hub.metering.municipalities import Municipality
from hub.metering.sharing import Bools, Ints
from hub.model.codes import ServiceCode


@dataclass(frozen=True, slots=True)
class World:
    """One or many possible worlds over the same months, municipalities and services.

    `yearly_gross` [draws, years] is the gross cost in øre of each calendar year that the months touch. `key` and
    `population` are [months, municipalities]; the key's weights have no unit. `connected` and `reads` are [draws,
    months, municipalities]; `cases` and `users` (patients with at least one case) have services as a last axis.
    """

    months: tuple[Month, ...]
    municipalities: tuple[Municipality, ...]
    services: tuple[ServiceCode, ...]
    yearly_gross: Ints
    key: Ints
    population: Ints
    connected: Bools
    cases: Ints
    users: Ints
    reads: Ints
