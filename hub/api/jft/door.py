"""What JFT's door works on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.api.access import AccessRules, Gate
from hub.ingest.accepting import Ingest
from hub.model.note import JournalNote
from hub.model.ports import Clock
from hub.model.usage import UsageRecord
from hub.settings.national import JftSettings
from hub.store.delivering import Delivery
from hub.store.engine import Engines


@dataclass(frozen=True, slots=True)
class Jft:
    """What the door works on. `base` is the address that `/v1/…` is added to; `pulling` are the municipalities whose
    EPJ fetches its notes itself, as `document` writes them.
    """

    engines: Engines
    ingest: Ingest
    clock: Clock
    gate: Gate
    rules: AccessRules
    settings: JftSettings
    base: str
    municipalities: frozenset[str]
    pulling: frozenset[str]
    document: Callable[[JournalNote, str | None], bytes]
    usage_of: Callable[[Delivery, datetime], UsageRecord]
    new_id: Callable[[], str]
    timeout_s: float = 30.0
