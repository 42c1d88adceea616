"""A MedicationDispense as lines: what was handed over, when, and by which device or person."""

from __future__ import annotations

from collections.abc import Iterator

from hub.fhir import codes
from hub.journal import extensions
from hub.journal.coded import concept, name, plain
from hub.journal.elements import Element, choice, element, objects, text
from hub.journal.people import Directory
from hub.journal.piece import Part, Piece, labelled
from hub.journal.prose import lines
from hub.journal.times import order, said
from hub.journal.values import quantity, shown


def pieces(resource: Element, directory: Directory) -> list[Piece]:
    """The dispense as one piece, at the time that it was handed over."""
    return [Piece(Part.EVENT, tuple(_lines(resource, directory)), order(resource.get("whenHandedOver")))]


def title(resource: Element) -> str:
    """The dispense in the fewest words; the status too when it was not completed."""
    called = name(resource.get("category"), system=codes.MEDICATIONDISPENSE_EVENTS) or "medisin utlevert"
    status = text(resource.get("status"))
    return called if status in ("completed", "in-progress", "") else f"{called} – {plain(status)}"


def _medicine(resource: Element, directory: Directory) -> str:
    kind, value = choice(resource, "medication")
    if kind != "Reference":
        return concept(value)
    target = directory.target(value)
    return (concept(target.get("code")) if target else "") or directory.name(value)


def _lines(resource: Element, directory: Directory) -> Iterator[str]:
    get = resource.get
    yield f"Utlevering: {concept(get('category'), system=codes.MEDICATIONDISPENSE_EVENTS) or 'ikke oppgitt'}"
    yield from labelled("Utlevert", said(get("whenHandedOver")))
    yield from labelled("Klargjort", said(get("whenPrepared")))
    yield from labelled("Medisin", _medicine(resource, directory))
    yield from labelled("Mengde", quantity(get("quantity")) if element(get("quantity")) else "")
    for dosage in objects(get("dosageInstruction")):
        yield from labelled("Dosering", text(dosage.get("text")))
        yield from labelled("Til pasienten", text(dosage.get("patientInstruction")))
    yield from _performed(resource, directory)
    for note in objects(get("note")):
        for line in lines(note.get("text")):
            yield f"Kommentar: {line}"
    for comment in extensions.comments(resource):
        yield f"Kommentar: {comment}"
    yield from labelled("Begrunnelse for status", shown(resource, "statusReason"))
    yield from labelled("Status", plain(get("status")))


def _performed(resource: Element, directory: Directory) -> Iterator[str]:
    who = (directory.name(p.get("actor")) for p in objects(resource.get("performer")))
    yield from labelled("Utført av", ", ".join(dict.fromkeys(w for w in who if w)))
    for device in extensions.devices(resource):
        yield f"Utstyr: {device}"
