"""Use as it was metered, by month, municipality and service: what statements and price models read."""

from __future__ import annotations

from dataclasses import dataclass

from hub.metering.month import Month
from hub.metering.municipalities import Municipality
from hub.metering.sharing import Ints
from hub.model.codes import ServiceCode


@dataclass(frozen=True, slots=True)
class MeteredUse:
    """`cases` and `users` [months, municipalities, services], `reads` [months, municipalities], and their source.

    `users` are patients with at least one case in the month. Counter-entries are taken off. `remarks` are what a
    reader should know, in Norwegian.
    """

    months: tuple[Month, ...]
    municipalities: tuple[Municipality, ...]
    services: tuple[ServiceCode, ...]
    cases: Ints
    users: Ints
    reads: Ints
    source: str
    remarks: tuple[str, ...] = ()
