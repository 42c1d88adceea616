"""What VKP's door works on."""

from __future__ import annotations

from dataclasses import dataclass

from hub.api.access import Gate
from hub.api.vkp.authorisation import Authorisations
from hub.api.vkp.forwarding import Forwarding
from hub.api.vkp.measured import Meter
from hub.api.vkp.scopes import Trust
from hub.ingest.accepting import Ingest
from hub.model.ports import Clock
from hub.store.engine import Engines


@dataclass(frozen=True, slots=True)
class Vkp:
    """What the door works on. A sender waits `timeout_s` seconds at the most."""

    engines: Engines
    ingest: Ingest
    clock: Clock
    gate: Gate
    trust: Trust
    authorisations: Authorisations
    forwarding: Forwarding
    meter: Meter
    base: str
    timeout_s: float = 30.0
