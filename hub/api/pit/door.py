"""What PIT's door works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hub.api.access import AccessRules, Gate
from hub.model.ports import Clock
from hub.store.engine import Engines


@dataclass(frozen=True, slots=True)
class Pit:
    """What the door works on. `base` is the address that `/v1/…` is added to."""

    engines: Engines
    clock: Clock
    gate: Gate
    reading: AccessRules
    writing: AccessRules
    base: str
    municipalities: frozenset[str]
    mode: Literal["test", "production"]
