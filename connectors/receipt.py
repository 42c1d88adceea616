"""A receipt: what the hub says became of a message, read from its OperationOutcome."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from hub.fhir.outcome import IDENTIFIER_EXTENSION, RULE_SYSTEM, SHA256_EXTENSION
from hub.model.codes import RECEIPT_SYSTEM, ReceiptCode


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that the hub found in a message: how bad (FHIR's issue severities), where, which rule, what to do."""

    severity: str
    path: str
    rule: str
    advice: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of the message whose bytes have the hash `sha256` (hex), and what the hub remarked on.

    `identifier` is the system and value by which the hub knows the message, where it has one. `reference` is where
    its further fate can be asked for, in services that register first and journal later.
    """

    code: ReceiptCode
    sha256: str
    identifier: tuple[str | None, str | None] | None = None
    text: str = ""
    remarks: tuple[Remark, ...] = ()
    reference: str | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the hub has the message (accepted, duplicate, amended, or in conflict and with a person)."""
        return self.code is not ReceiptCode.REJECTED


def sha256_of(payload: bytes) -> str:
    """The SHA-256 of a payload in hex, by which receipts are matched."""
    return hashlib.sha256(payload).hexdigest()


def read_receipt(payload: bytes) -> Receipt | None:
    """The receipt in an OperationOutcome, or None when the payload holds none."""
    try:
        outcome = orjson.loads(payload)
        return _receipt(outcome)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None


def _receipt(outcome: dict[str, Any]) -> Receipt | None:
    first, *others = outcome["issue"]
    code = _coded(first, RECEIPT_SYSTEM)
    extensions = [*first.get("extension", ()), *outcome.get("extension", ())]
    sha256 = next((e["valueString"] for e in extensions if e["url"] == SHA256_EXTENSION), None)
    if outcome["resourceType"] != "OperationOutcome" or code is None or sha256 is None:
        return None
    named = next((e["valueIdentifier"] for e in extensions if e["url"] == IDENTIFIER_EXTENSION), None)
    return Receipt(
        code=ReceiptCode(code),
        sha256=str(sha256).lower(),
        identifier=(named.get("system"), named.get("value")) if named else None,
        text=first["details"].get("text", ""),
        remarks=tuple(read_remarks(others)),
    )


def read_remarks(issues: list[dict[str, Any]]) -> Iterator[Remark]:
    """The remarks in an OperationOutcome's issues."""
    for issue in issues:
        details = issue.get("details", {})
        yield Remark(
            severity=issue.get("severity", "error"),
            path=next(iter(issue.get("expression", ())), ""),
            rule=_coded(issue, RULE_SYSTEM) or issue.get("code", ""),
            advice=details.get("text", issue.get("diagnostics", "")),
        )


def _coded(issue: dict[str, Any], system: str) -> str | None:
    codings = issue.get("details", {}).get("coding", ())
    return next((c["code"] for c in codings if c.get("system") == system), None)
