"""An alert that came from somebody else by way of the hub, as what follows it up needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.fhir import verbatim
from hub.model.errors import RejectedMessage
from hub.model.finding import Finding

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class ForwardedAlert:
    """A sender's alert as the hub passed it on. `entries` are the DetectedIssue and what it refers to, verbatim,
    under the addresses that they came with; `own_url` is the DetectedIssue's address, None when it had none.
    """

    issue: Resource
    own_url: str | None
    entries: tuple[tuple[str, Resource], ...] = ()

    @property
    def subject(self) -> Resource:
        """The reference to the patient, as the sender wrote it."""
        subject: Resource = self.issue["patient"]
        return subject

    @property
    def name(self) -> str:
        """What tells this alert from others: its identifier, else its address, else its patient and time."""
        identifiers = self.issue.get("identifier") or [{}]
        first = identifiers[0] if isinstance(identifiers, list) else identifiers
        named = f"{first.get('system', '')}|{first['value']}" if first.get("value") else self.own_url
        return named or f"{verbatim.dumps(self.subject).decode()}|{self.issue.get('identifiedDateTime', '')}"

    @classmethod
    def read(cls, payload: bytes) -> ForwardedAlert:
        """The alert in a payload from the hub. Raises RejectedMessage when there is no DetectedIssue with a patient."""
        resource = verbatim.loads(payload)
        entries = dict(_entries(resource))
        if resource.get("resourceType") == "DetectedIssue":
            entries = {"": resource}
        for url, found in entries.items():
            if found.get("resourceType") == "DetectedIssue" and isinstance(found.get("patient"), dict):
                needed = tuple((u, entries[u]) for u in _references(found) if u in entries and u != url)
                return cls(found, url or None, needed)
        raise RejectedMessage([_NO_ALERT])


_NO_ALERT = Finding("error", "$this", "alert-missing", "Meldingen inneholder ikke noe varsel med pasient.")


def _entries(resource: Resource) -> Iterator[tuple[str, Resource]]:
    for number, entry in enumerate(resource.get("entry", ())):
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            yield str(entry.get("fullUrl") or f"urn:entry:{number}"), entry["resource"]


def _references(resource: Resource) -> Iterator[str]:
    for name in ("patient", "author"):
        reference = resource.get(name)
        if isinstance(reference, dict) and isinstance(reference.get("reference"), str):
            yield reference["reference"]
