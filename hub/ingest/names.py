"""The names of messages and cases, written as keys that different things never share. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from hub.model.person import PatientRef

#: Between the parts of a key, and before a part that is shortened. Neither can stand in a message that was let in.
SEPARATOR = "\x1f"
_SHORTENED = "\x1e"
#: Keys are indexed, and PostgreSQL's index takes no more than 2,700 bytes.
_LONGEST_PART = 160
#: What a reference without a type may name, most likely first.
CASE_TYPES = ("DetectedIssue", "Bundle", "Encounter", "Composition", "Observation", "MedicationDispense")
_HAPPENINGS = frozenset({"Encounter", "Observation", "MedicationDispense"})


@dataclass(frozen=True, slots=True)
class Names:
    """Writes names as keys; an identifier without a system is the sender's own."""

    municipality: str
    sender: str

    def of(self, resource_type: str, identifier: tuple[str | None, str | None]) -> str:
        """The name of a resource by its identifier (system and value)."""
        system, value = identifier
        own = system or f"{_SHORTENED}{self.sender}"
        return joined(self.municipality, resource_type, own, value or "")

    def url(self, patient: PatientRef, url: str) -> str:
        """The name of a resource by its address, which counts for one patient only."""
        return joined(self.municipality, "url", patient.system, patient.value, url)

    def identity(self, resource_type: str, system: str | None, value: str | None, content_hash: str) -> str:
        """The identity of a message: by its identifier, or by its content where it has none."""
        named = ("id", system or "", value) if value else ("content", "", content_hash)
        return joined(self.municipality, self.sender, resource_type, *named)


def joined(*parts: str) -> str:
    """The parts as one key; different parts never give the same key."""
    return SEPARATOR.join(part if len(part) <= _LONGEST_PART else _shortened(part) for part in parts)


def _shortened(part: str) -> str:
    return _SHORTENED + hashlib.sha256(part.encode()).hexdigest()


def untyped_candidates(key: str) -> tuple[str, ...]:
    """The typed keys that an untyped reference (`*`) may mean, most likely first; a typed key means itself."""
    municipality, resource_type, *rest = key.split(SEPARATOR)
    if resource_type != "*":
        return (key,)
    return tuple(SEPARATOR.join((municipality, t, *rest)) for t in CASE_TYPES)


def names_a_happening(key: str) -> bool:
    """Whether `key` is the identifier of what happened itself, and not of a message, a note or an address."""
    return key.split(SEPARATOR, 2)[1] in _HAPPENINGS


def alarm_names(fingerprint: str) -> tuple[str, ...]:
    """The keys of all alarms with one fingerprint: one numbering series may have told several apart."""
    return (fingerprint, *(f"{fingerprint}{SEPARATOR}{n}" for n in range(2, _MOST_OF_ONE_FINGERPRINT + 1)))


_MOST_OF_ONE_FINGERPRINT = 8


def wanted_names(key: str) -> tuple[str, ...]:
    """The keys under which an earlier message may have asked for what `key` names."""
    municipality, resource_type, *rest = key.split(SEPARATOR)
    if resource_type == "url":
        return (key,)
    return (key, SEPARATOR.join((municipality, "*", *rest)))
