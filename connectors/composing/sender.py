"""Who speaks, and the series that its numbers belong to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from urllib.parse import quote

_NAMESPACE = uuid.UUID("5d5f7b0a-9d5e-5a55-8b0f-2f4c8f7f6f11")


@dataclass(frozen=True, slots=True)
class Sender:
    """A sending system `id` for `municipality` (organisation number).

    `series` is the address under which the sender numbers things; its own domain, or a URN made of its id.
    """

    municipality: str
    id: str
    series: str = ""

    def system(self, what: str) -> str:
        """The identifier system of the sender's numbers for `what` (alarm, device, operator, event)."""
        if self.series:
            return f"{self.series.rstrip('/')}/{what}"
        return f"urn:knutepunkt:sender:{quote(self.id, safe='')}:{what}"

    def uuid(self, *parts: str) -> str:
        """A UUID made of what it names, so that the same thing told again has the same one."""
        return str(uuid.uuid5(_NAMESPACE, "\x1f".join((self.municipality, self.id, *parts))))
