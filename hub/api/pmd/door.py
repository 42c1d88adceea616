"""What PMD's door works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hub.api.access import AccessRules, Gate
from hub.ingest.accepting import Ingest
from hub.model.ports import Clock
from hub.settings.national import PmdSettings
from hub.store.engine import Engines


@dataclass(frozen=True, slots=True)
class Pmd:
    """What the door works on. `numbers` are the municipality numbers by organisation number, where they are set."""

    engines: Engines
    ingest: Ingest
    clock: Clock
    gate: Gate
    rules: AccessRules
    settings: PmdSettings
    base: str
    municipalities: frozenset[str]
    numbers: Mapping[str, str]
    mode: Literal["test", "production"]
    timeout_s: float = 30.0
