"""Sending an original in again from the quarantine, corrected or decided by a person."""

from __future__ import annotations

from hub.ingest.accepting import Ingest
from hub.model.codes import ReceiptCode
from hub.model.event import Inbound, Outcome
from hub.model.finding import Finding
from hub.model.ports import Clock
from hub.store.engine import Engines
from hub.store.quarantine import Quarantined, close_quarantined

_STAYS = frozenset({ReceiptCode.REJECTED, ReceiptCode.CONFLICT})


async def submit_again(
    engines: Engines, ingest: Ingest, clock: Clock, row: Quarantined, *, payload: bytes, is_decided: bool
) -> Outcome:
    """Send `payload` in with the addresses of `row`, which must be open. `row` is closed unless it fails again."""
    inbound = Inbound(
        "operations", row.municipality, row.sender, row.device, payload, clock.now(), (_RESUBMITTED,), is_decided
    )
    outcome = await ingest.submit(inbound)
    if outcome.code not in _STAYS:
        async with engines.writing() as connection:
            await close_quarantined(connection, row.id, state="resubmitted", how=outcome.code.value, at=clock.now())
    return outcome


_RESUBMITTED = Finding(
    severity="information",
    path="$this",
    rule="resubmitted",
    advice="Meldingen er sendt inn på nytt fra karantenen av drift.",
    issue_type="informational",
    outcome_code="3",
)
