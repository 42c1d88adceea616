"""An Observation as lines: what was measured, its value with unit as sent, when, by whom and with what."""

from __future__ import annotations

from hub.journal.coded import concept, name, plain
from hub.journal.elements import Element, choice, element, objects, text
from hub.journal.people import Directory
from hub.journal.piece import Part, Piece, labelled
from hub.journal.prose import lines
from hub.journal.times import order, said
from hub.journal.values import of_type, shown


def pieces(resource: Element, directory: Directory) -> list[Piece]:
    """The measurement as one piece, in order of the time that it was measured."""
    kind, when = choice(resource, "effective")
    start = element(when).get("start") if kind == "Period" else when
    measured = _when(resource, kind, when)
    told = (f"{called(resource)}: {result(resource)}{measured}", *_details(resource, directory))
    return [Piece(Part.MEASUREMENTS, told, order(start))]


def called(resource: Element) -> str:
    """What was measured, by name, with the marks of a contradiction."""
    return concept(resource.get("code")) or "Måling uten navn"


def title(resource: Element) -> str:
    """What was measured, in the fewest words."""
    return name(resource.get("code")) or "måling"


def result(resource: Element) -> str:
    """The value and the components' values; why there is none where it is missing."""
    own = shown(resource) or _absent(resource)
    parts = [f"{called(c)} {shown(c) or _absent(c) or '(verdi mangler)'}" for c in objects(resource.get("component"))]
    return ", ".join([own, *parts] if own else parts) or "(verdi mangler)"


def _absent(resource: Element) -> str:
    reason = concept(resource.get("dataAbsentReason")) if resource.get("dataAbsentReason") else ""
    return f"(verdi mangler: {reason})" if reason else ""


def _when(resource: Element, kind: str, value: object) -> str:
    when = of_type(kind, value)
    if when:
        return f" – målt {when}"
    issued = said(resource.get("issued"))
    return f" – måletidspunkt ikke oppgitt, meldt {issued}" if issued else " – måletidspunkt ikke oppgitt"


def _details(resource: Element, directory: Directory) -> tuple[str, ...]:
    get = resource.get
    status = text(get("status"))
    found: list[str] = []
    for label, said_ in (
        ("Vurdering", concept(get("interpretation")) if "interpretation" in resource else ""),
        ("Målested", concept(get("bodySite")) if "bodySite" in resource else ""),
        ("Metode", concept(get("method")) if "method" in resource else ""),
        ("Utstyr", directory.name(get("device")) if "device" in resource else ""),
        ("Utført av", directory.names(get("performer")) if "performer" in resource else ""),
        ("Status", plain(status) if status != "final" else ""),
    ):
        found += labelled(label, said_)
    for note in objects(get("note")):
        found += labelled("Kommentar", " ".join(lines(note.get("text"))))
    return tuple(found)
