"""Receipts: the OperationOutcome that every sender gets, by whatever door."""

from __future__ import annotations

import orjson

from hub.fhir.outcome import operation_outcome
from hub.model.event import Outcome


def receipt_of(outcome: Outcome) -> bytes:
    """The receipt for `outcome`, as JSON."""
    identifier = (outcome.identifier_system, outcome.identifier_value)
    return orjson.dumps(
        operation_outcome(outcome.findings, receipt=outcome.code, identifier=identifier, sha256=outcome.sha256)
    )
