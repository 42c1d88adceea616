"""What else a message may hold: devices by name, messages in words, the rest named so that nobody misses it."""

from __future__ import annotations

from hub.journal.coded import concept
from hub.journal.elements import Element, objects, text
from hub.journal.people import Directory, device_name
from hub.journal.piece import EARLY, Part, Piece, labelled
from hub.journal.prose import lines, narrative
from hub.journal.times import order, said

#: Who and where: shown through the references to them.
_BACKGROUND = frozenset(
    {"Patient", "Practitioner", "PractitionerRole", "Organization", "RelatedPerson", "Location", "Bundle"}
)


def pieces(resource: Element, directory: Directory) -> list[Piece]:
    """A resource that is not the event itself, as the lines that a nurse needs of it."""
    kind = text(resource.get("resourceType")) or "Ressurs uten type"
    if kind in _BACKGROUND:
        return []
    if kind == "Device":
        told = labelled("Utstyr", device_name(resource))
        return [Piece(Part.EVENT, told, EARLY)] if told else []
    if kind == "Communication":
        return [_communication(resource, directory)]
    words = concept(resource.get("code")) or " ".join(narrative(resource.get("text")))
    return [Piece(Part.OTHER, (f"{kind}: {words or 'følger hel med meldingen'}",))]


def _communication(resource: Element, directory: Directory) -> Piece:
    told = [
        *labelled("Sendt", said(resource.get("sent"))),
        *labelled("Fra", directory.name(resource.get("sender"))),
        *labelled("Til", directory.names(resource.get("recipient"))),
    ]
    for payload in objects(resource.get("payload")):
        told += lines(payload.get("contentString"))
    return Piece(Part.OTHER, tuple(told or ["Melding uten tekst"]), order(resource.get("sent")))
