"""Answers a sender: an OperationOutcome that says what became of a message, and what is wrong with it and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.fhir import codes
from hub.model.codes import RECEIPT_SYSTEM, ReceiptCode
from hub.model.finding import Finding
from hub.model.person import PERSON_SYSTEMS, masked, without_identity_numbers

RULE_SYSTEM = "urn:knutepunkt:rule"
IDENTIFIER_EXTENSION = "urn:knutepunkt:message-identifier"
SHA256_EXTENSION = "urn:knutepunkt:message-sha256"

_TEXTS = {
    ReceiptCode.ACCEPTED: "Mottatt og lagret",
    ReceiptCode.DUPLICATE: "Mottatt før; ikke registrert på nytt",
    ReceiptCode.AMENDED: "Mottatt som ny versjon av noe som er registrert",
    ReceiptCode.CONFLICT: "Mottatt, men i konflikt med noe som er registrert; venter på et menneske",
    ReceiptCode.REJECTED: "Avvist og lagt i karantene",
}
_SEVERITIES = {ReceiptCode.CONFLICT: "warning", ReceiptCode.REJECTED: "error"}
_TYPES = {ReceiptCode.CONFLICT: "conflict", ReceiptCode.REJECTED: "invalid", ReceiptCode.DUPLICATE: "duplicate"}


def operation_outcome(
    findings: Sequence[Finding],
    *,
    receipt: ReceiptCode | None,
    identifier: tuple[str | None, str | None] | None,
    sha256: str | None,
) -> dict[str, Any]:
    """An R4 OperationOutcome with the receipt first, then one issue per finding.

    The first issue's details carry `receipt`; its extensions and diagnostics name the message by `identifier`
    (system, value) and by the SHA-256 of its bytes. An identity number is masked. Without a receipt only the
    findings are told; with neither, one issue says that nothing was found.
    """
    issues = [_receipt_issue(receipt, identifier, sha256)] if receipt else []
    issues += [_finding_issue(f) for f in findings]
    return {"resourceType": "OperationOutcome", "issue": issues or [_NOTHING]}


_NOTHING = {"severity": "information", "code": "informational", "details": {"text": "Ingen merknader"}}


def _receipt_issue(
    receipt: ReceiptCode, identifier: tuple[str | None, str | None] | None, sha256: str | None
) -> dict[str, Any]:
    text = _TEXTS[receipt]
    issue: dict[str, Any] = {
        "severity": _SEVERITIES.get(receipt, "information"),
        "code": _TYPES.get(receipt, "informational"),
        "details": {"coding": [{"system": RECEIPT_SYSTEM, "code": receipt.value, "display": text}], "text": text},
    }
    named = _named(identifier)
    extensions = [{"url": IDENTIFIER_EXTENSION, "valueIdentifier": named}] if named else []
    extensions += [{"url": SHA256_EXTENSION, "valueString": sha256}] if sha256 else []
    if extensions:
        issue["extension"] = extensions
        issue["diagnostics"] = _readable(named, sha256)
    return issue


def _named(identifier: tuple[str | None, str | None] | None) -> dict[str, str]:
    system, value = identifier or (None, None)
    if value:
        value = masked(value) if system in PERSON_SYSTEMS else without_identity_numbers(value)
    return {k: v for k, v in (("system", system), ("value", value)) if v}


def _readable(named: dict[str, str], sha256: str | None) -> str:
    parts = [f"identifikator {'|'.join(named.values())}"] if named else []
    parts += [f"SHA-256 {sha256}"] if sha256 else []
    return "Meldingen: " + ", ".join(parts)


def _finding_issue(finding: Finding) -> dict[str, Any]:
    name = codes.name_of(codes.OPERATION_OUTCOME, finding.outcome_code)
    coding = {"system": codes.OPERATION_OUTCOME, "code": finding.outcome_code}
    issue: dict[str, Any] = {
        "severity": finding.severity,
        "code": finding.issue_type,
        "details": {
            "coding": [{**coding, "display": name} if name else coding, {"system": RULE_SYSTEM, "code": finding.rule}],
            "text": finding.advice,
        },
        "expression": [finding.path],
    }
    return {**issue, "diagnostics": _compared(finding)}


def _compared(finding: Finding) -> str:
    """Where, what was found and what was expected; the advice where none of them says anything."""
    seen = [f"fant {finding.found}"] if finding.found else []
    seen += [f"ventet {finding.expected}"] if finding.expected else []
    where = finding.path or "$this"
    told = f"{where}: {'; '.join(seen)}" if seen else finding.advice if where == "$this" else where
    return without_identity_numbers(told)
