"""Forwarding from VKP to JFT, per municipality and sender: structural faults are put right on the way.

JFT is stricter than VKP: an object where a list belongs, and empty strings, are what it refuses most often.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hub.fhir import verbatim
from hub.fhir.checking import check
from hub.fhir.fixing import fix
from hub.model.codes import ReceiptCode
from hub.model.event import Inbound, Outcome
from hub.model.finding import Finding
from hub.store.engine import Engines
from hub.store.submissions import correct


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Whose writes go on to JFT: pairs of municipality and sender."""

    engines: Engines
    pairs: frozenset[tuple[str, str]]
    mode: Literal["test", "production"]

    async def forward(self, inbound: Inbound, outcome: Outcome) -> Sequence[Finding]:
        """Show a newly accepted message to JFT's readers as corrected; what there is to say of it to the sender."""
        named = (outcome.case_id, outcome.number)
        is_new = outcome.code in {ReceiptCode.ACCEPTED, ReceiptCode.AMENDED}
        if not is_new or (inbound.municipality, inbound.sender) not in self.pairs:
            return ()
        content, left = corrected(inbound.payload, now=inbound.received_at, mode=self.mode)
        if content is None and not left:
            return ()
        assert named[0] is not None
        assert named[1] is not None
        async with self.engines.writing() as connection:
            failed_at = inbound.received_at if left else None
            await correct(connection, (named[0], named[1]), content=content, failed_at=failed_at)
        return (_remark(left),)


def corrected(
    raw: bytes, *, now: datetime, mode: Literal["test", "production"]
) -> tuple[bytes | None, tuple[Finding, ...]]:
    """The message as JFT takes it (None where nothing needs to be put right), and what it would still refuse."""
    resource = verbatim.loads(raw)
    fixed = fix(resource, lambda value: check(value, level="jft", now=now, mode=mode))
    content = verbatim.dumps(fixed.resource) if fixed.operations else None
    return content, tuple(f for f in fixed.left if f.is_error)


def _remark(left: Sequence[Finding]) -> Finding:
    if left:
        advice = "Meldingen er registrert, men Journalføringstjenesten ville avvist den. Rett den før neste gang."
        return Finding("warning", left[0].path, "forward-refused", advice, issue_type="invalid")
    advice = "Meldingen er rettet før den ble sendt videre til Journalføringstjenesten. Kjør den gjennom lint."
    return Finding("information", "$this", "forward-corrected", advice, issue_type="informational", outcome_code="3")
