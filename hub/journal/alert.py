"""A DetectedIssue as lines: which alert, when, how severe, reported by what."""

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
from hub.journal.values import shown
from hub.model.codes import SERVICE_NAMES

_SERVICES = frozenset(SERVICE_NAMES.values())


def pieces(resource: Element, directory: Directory) -> list[Piece]:
    """The alert as one piece at the time that it was raised, and a piece for each measure against it."""
    kind, when = choice(resource, "identified")
    raised = order(element(when).get("start") if kind == "Period" else when)
    event = Piece(Part.EVENT, tuple(_lines(resource, directory)), raised)
    return [event, *_measures(resource, directory)]


def title(resource: Element, service: str) -> str:
    """The alert in the fewest words: the service's name first, unless the alert is called the same."""
    called = name(resource.get("code"), system=codes.ALERT_CODE)
    group = _group(resource) or service
    if not called or called.casefold() == group.casefold():
        return group
    return f"{group}: {called}"


def _group(resource: Element) -> str:
    """The name of the alert code's chapter (the code up to its first full stop)."""
    found = sorted(coded.partition(".")[0] for coded in _alert_codes(resource))
    return next((n for c in found if (n := codes.name_of(codes.ALERT_CODE, c))), "")


def _alert_codes(resource: Element) -> set[str]:
    codings = (c for one in objects(resource.get("code")) for c in objects(one.get("coding")))
    return {text(c.get("code")) for c in codings if text(c.get("system")) in ("", codes.ALERT_CODE)}


def _lines(resource: Element, directory: Directory) -> Iterator[str]:
    get = resource.get
    yield f"Varsel: {concept(get('code'), system=codes.ALERT_CODE) or 'ikke oppgitt'}"
    yield from labelled("Varslet", shown(resource, "identified"))
    yield from labelled("Alvorlighetsgrad", extensions.severity(resource))
    yield from labelled("Alvorlighet etter FHIR", plain(get("severity")))
    yield from labelled("Meldt av", directory.name(get("author")))
    for device in extensions.devices(resource):
        yield f"Utstyr: {device}"
    yield from labelled("Gjelder", directory.names(get("implicated")))
    for line in lines(get("detail")):
        yield f"Beskrivelse: {line}"
    for evidence in objects(get("evidence")):
        yield from labelled("Grunnlag", concept(evidence.get("code")) if evidence.get("code") else "")
    for comment in extensions.comments(resource):
        yield f"Kommentar: {comment}"
    for link in extensions.links(resource):
        yield f"Lenke hos avsender: {link}"
    yield from labelled("Lenke hos avsender", text(get("reference")))
    yield from labelled("Status", "" if get("status") == "final" else plain(get("status")))


def _measures(resource: Element, directory: Directory) -> Iterator[Piece]:
    for measure in objects(resource.get("mitigation")):
        done, when = concept(measure.get("action")), said(measure.get("date"))
        who = directory.name(measure.get("author"))
        line = " – ".join(w for w in (when, f"Tiltak: {done or 'ikke oppgitt'}", who) if w)
        yield Piece(Part.HANDLING, (line,), order(measure.get("date")))
