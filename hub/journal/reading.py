"""A stored message, read: its resources one by one, and the pieces that they give to the note."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hub.journal import alert, composition, dispense, encounter, observation, other, questionnaire
from hub.journal.elements import Element, element, objects, parsed, text
from hub.journal.people import Directory
from hub.journal.piece import Part, Piece
from hub.model.case import CaseMessage
from hub.model.codes import EventKind
from hub.model.person import PERSON_SYSTEMS, PatientRef

Writer = Callable[[Element, Directory], list[Piece]]

_WRITERS: dict[str, Writer] = {
    "DetectedIssue": alert.pieces,
    "Encounter": encounter.handling_pieces,
    "Composition": composition.pieces,
    "MedicationDispense": dispense.pieces,
    "Observation": observation.pieces,
    "QuestionnaireResponse": questionnaire.pieces,
}
_SUPERVISION_WRITERS = {**_WRITERS, "Encounter": encounter.event_pieces}
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """One message with its resources, each with its fullUrl (empty where it has none)."""

    message: CaseMessage
    resources: tuple[tuple[str, Element], ...]

    def of_type(self, kind: str) -> list[Element]:
        """The message's resources of one type."""
        return [r for _, r in self.resources if r.get("resourceType") == kind]


def read(message: CaseMessage) -> Reading:
    """The message's resources; a Bundle is taken apart, and what can't be read gives none."""
    content = parsed(message.raw)
    if content is None:
        return Reading(message, ())
    if content.get("resourceType") != "Bundle":
        return Reading(message, (("", content),))
    return Reading(message, tuple(_entries(content, 0)))


def _entries(bundle: Element, depth: int) -> Iterator[tuple[str, Element]]:
    for entry in objects(bundle.get("entry")):
        resource = element(entry.get("resource"))
        if resource.get("resourceType") == "Bundle" and depth < _DEEPEST:
            yield from _entries(resource, depth + 1)
        elif resource:
            yield text(entry.get("fullUrl")), resource


def pieces(reading: Reading, directory: Directory, kind: EventKind) -> list[Piece]:
    """What the message gives to the note of a case of this kind."""
    if not reading.resources:
        return [Piece(Part.OTHER, ("En melding uten lesbart innhold følger hel med notatet.",))]
    writers = _SUPERVISION_WRITERS if kind is EventKind.SUPERVISION else _WRITERS
    found: list[Piece] = []
    for _, resource in reading.resources:
        writer = writers.get(str(resource.get("resourceType")), other.pieces)
        found += writer(resource, directory)
    return found


def persons(reading: Reading, directory: Directory) -> set[PatientRef]:
    """The national numbers by which the message identifies its patient."""
    found = set()
    for _, resource in reading.resources:
        for subject in (resource.get("subject"), resource.get("patient")):
            found |= _numbers(element(subject), directory)
    return found


def _numbers(subject: Element, directory: Directory) -> set[PatientRef]:
    target = directory.target(subject) if "reference" in subject else None
    identifiers = [*objects(subject.get("identifier")), *objects(target.get("identifier") if target else None)]
    refs = (PatientRef(text(i.get("system")), text(i.get("value"))) for i in identifiers)
    return {ref for ref in refs if ref.system in PERSON_SYSTEMS and ref.value}
