"""The same event told again under new identifiers, as firmware does that numbers each attempt."""

from __future__ import annotations

import re

from devices_sim.emission import Emission
from devices_sim.randomness import Stream

_URN = re.compile(rb"urn:uuid:[0-9a-f-]{36}")


def renumbered(emission: Emission, stream: Stream) -> Emission:
    """The emission with every UUID in it replaced by another; the same one everywhere by the same."""
    known: dict[bytes, bytes] = {}

    def other(found: re.Match[bytes]) -> bytes:
        return known.setdefault(found[0], f"urn:uuid:{stream.uuid()}".encode())

    payload = _URN.sub(other, emission.payload)
    identifier = emission.identifier and known.get(emission.identifier.encode(), b"").decode()
    return emission._replace(payload=payload, identifier=identifier or None, is_renumbered=True)
