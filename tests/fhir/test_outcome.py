"""The answer to a sender is valid R4, names the message, and holds no identity number."""

from __future__ import annotations

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from hub.fhir import codes
from hub.fhir.outcome import IDENTIFIER_EXTENSION, RULE_SYSTEM, SHA256_EXTENSION, operation_outcome
from hub.model.codes import RECEIPT_SYSTEM, ReceiptCode
from hub.model.finding import Finding
from hub.model.person import IDENTITY_NUMBER

SHA = "ab" * 32
BROKEN = Finding("error", "Bundle.entry[1].resource.code", "vkp-detectedissue-code-required", "Legg til kode.")


@pytest.mark.parametrize(
    ("receipt", "severity"),
    [
        (ReceiptCode.ACCEPTED, "information"),
        (ReceiptCode.DUPLICATE, "information"),
        (ReceiptCode.AMENDED, "information"),
        (ReceiptCode.CONFLICT, "warning"),
        (ReceiptCode.REJECTED, "error"),
    ],
)
def test_the_first_issue_tells_what_became_of_the_message(receipt: ReceiptCode, severity: str) -> None:
    outcome = operation_outcome([BROKEN], receipt=receipt, identifier=("urn:alarm", "A-1"), sha256=SHA)
    OperationOutcome.model_validate(outcome)
    first = outcome["issue"][0]
    assert first["severity"] == severity
    assert first["details"]["coding"][0]["system"] == RECEIPT_SYSTEM
    assert first["details"]["coding"][0]["code"] == receipt.value
    assert {e["url"] for e in first["extension"]} == {IDENTIFIER_EXTENSION, SHA256_EXTENSION}
    assert "urn:alarm|A-1" in first["diagnostics"]
    assert SHA in first["diagnostics"]


def test_every_finding_becomes_an_issue_with_path_rule_and_national_code() -> None:
    issue = operation_outcome([BROKEN], receipt=None, identifier=None, sha256=None)["issue"][0]
    assert issue["expression"] == ["Bundle.entry[1].resource.code"]
    codings = {c["system"]: c["code"] for c in issue["details"]["coding"]}
    assert codings == {codes.OPERATION_OUTCOME: "2.4", RULE_SYSTEM: "vkp-detectedissue-code-required"}


@pytest.mark.parametrize(
    ("finding", "diagnostics"),
    [
        (
            Finding("error", "Patient.gender", "x", "Rett det.", found="x", expected="y"),
            "Patient.gender: fant x; ventet y",
        ),
        (BROKEN, "Bundle.entry[1].resource.code"),
        (Finding("error", "$this", "x", "Oppgi date med ge eller le."), "Oppgi date med ge eller le."),
    ],
)
def test_the_diagnostics_alone_say_something_to_clients_that_show_only_them(finding: Finding, diagnostics: str) -> None:
    issue = operation_outcome([finding], receipt=None, identifier=None, sha256=None)["issue"][0]
    assert issue["diagnostics"] == diagnostics


@pytest.mark.parametrize("system", [IDENTITY_NUMBER, "urn:other", None])
def test_an_identity_number_is_never_in_the_answer(system: str | None) -> None:
    finding = Finding("error", "Patient.identifier[0].value", "x", "Rett nummeret.", found="13717404089")
    outcome = operation_outcome([finding], receipt=ReceiptCode.REJECTED, identifier=(system, "13717404089"), sha256=SHA)
    assert "13717404089" not in repr(outcome)


def test_an_answer_without_receipt_and_findings_is_still_valid() -> None:
    OperationOutcome.model_validate(operation_outcome([], receipt=None, identifier=None, sha256=None))
