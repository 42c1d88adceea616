"""A finding: what a check saw in a message, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on a message.

    `path` is the FHIRPath of the element (`Bundle.entry[1].resource.code`), `rule` a stable id in
    English (`vkp-detectedissue-code-required`), `advice` says in plain Norwegian what to do.
    `found` and `expected` are short and never hold an identity number or note text: a check masks
    them (`hub.model.person.masked`). `issue_type` is a code of FHIR's issue-type value set, and
    `outcome_code` one of VKP's operation-outcome table (2.1, 2.4 and so on).
    """

    severity: Severity
    path: str
    rule: str
    advice: str
    found: str | None = None
    expected: str | None = None
    issue_type: str = "invalid"
    outcome_code: str = "2.4"

    @property
    def is_error(self) -> bool:
        """Whether the message must be rejected because of this finding."""
        return self.severity == "error"
