"""The errors of the hub. The class is the decision; nothing matches on text.

KnutepunktError
├── RejectedMessage        quarantine, acknowledge, answer 400 or 422
├── AccessDenied           answer 401 or 403
├── DeliveryFailed
│   ├── Refused            stop and show a person
│   │   └── PatientUnknown stop and let a person re-address
│   ├── Unreachable        nothing was registered: retry with back-off
│   └── OutcomeUnknown     may have been registered: find first, then decide
│       └── NotAnsweredYet may be registered yet: nothing found is no answer for a while
├── StoreUnavailable       do not acknowledge; stop, the supervisor restarts
└── ConfigurationError     refuse to start, list every fault at once

No error text holds a national identity number or the text of a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.model.finding import Finding


class KnutepunktError(Exception):
    """Base of every error that the hub raises on purpose."""


class RejectedMessage(KnutepunktError):
    """The message cannot be taken in as it is. `findings` say what is wrong and where."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{f.path}: {f.rule}" for f in findings if f.is_error) or "rejected")
        self.findings = tuple(findings)


class AccessDenied(KnutepunktError):
    """The caller may not do this. `code` is the code of the VKP operation-outcome table."""

    def __init__(self, text: str, *, code: str = "1.4", status: int = 403) -> None:
        super().__init__(text)
        self.code = code
        self.status = status


class DeliveryFailed(KnutepunktError):
    """A destination did not take a note."""


class Refused(DeliveryFailed):
    """The destination said no, and will say no again. A person must look at it."""


class PatientUnknown(Refused):
    """The destination does not know the patient. A work item; the hub never creates a patient."""


class Unreachable(DeliveryFailed):
    """Nothing was registered. Retry with back-off, after `retry_after` seconds if given."""

    def __init__(self, text: str, *, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class OutcomeUnknown(DeliveryFailed):
    """The destination may or may not have registered the note. Look it up before writing again."""

    def __init__(self, text: str, *, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class NotAnsweredYet(OutcomeUnknown):
    """No answer in time. The destination may be working on it, and register it after a look-up has found nothing."""


class StoreUnavailable(KnutepunktError):
    """The store cannot keep what it is given. Nothing may be acknowledged after this."""


@dataclass(frozen=True, slots=True)
class ConfigurationFault:
    """One fault in a configuration file: where (`line` from 1, 0 when unknown; dotted `key`) and what."""

    line: int
    key: str
    text: str

    def __str__(self) -> str:
        where = f"linje {self.line}: " if self.line else ""
        return f"{where}{self.key}: {self.text}" if self.key else f"{where}{self.text}"


class ConfigurationError(KnutepunktError):
    """The configuration cannot be used. Holds every fault found, in file order."""

    def __init__(self, faults: Sequence[ConfigurationFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda f: (f.line, f.key)))
        super().__init__("\n".join(str(f) for f in self.faults))
