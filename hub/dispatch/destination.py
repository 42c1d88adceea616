"""A destination: somewhere that the hub delivers a case to, once in effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hub.model.case import CaseHistory


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery to be made.

    `reference` and `note_revision` say what the destination is known to hold. `is_doubtful` means that an earlier
    attempt may have been registered without the hub knowing.
    """

    history: CaseHistory
    reference: str | None
    note_revision: int
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the destination holds now. `story` is what happened on the way, where it was not plain success."""

    reference: str
    note_revision: int
    story: tuple[str, str] | None = None


class Destination(Protocol):
    """Somewhere to deliver to. `can_find` tells whether a doubt can be settled without a person."""

    can_find: bool
    max_in_flight: int
    is_metered: bool

    async def deliver(self, attempt: Attempt) -> Receipt:
        """Make the destination hold the case. Raises a DeliveryFailed."""
        ...

    async def aclose(self) -> None:
        """Give back connections."""
        ...
