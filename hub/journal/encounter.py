"""An Encounter as lines: a supervision, a call or a visit, with mode, reason, period and who took part."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from hub.fhir import codes
from hub.journal import extensions
from hub.journal.coded import concept, name, plain
from hub.journal.elements import Element, element, objects, text
from hub.journal.people import Directory
from hub.journal.piece import Part, Piece, labelled
from hub.journal.times import order, span


def event_pieces(resource: Element, directory: Directory) -> list[Piece]:
    """The encounter as the event itself: a planned or event-driven supervision."""
    return [Piece(Part.EVENT, tuple(_lines(resource, directory)), _start(resource))]


def handling_pieces(resource: Element, directory: Directory) -> list[Piece]:
    """The encounter as a step in the handling of an alert, on one line."""
    when, what, *more = _lines(resource, directory)
    line = "; ".join((what, *more))
    return [Piece(Part.HANDLING, (f"{when.partition(': ')[2]} – {line}",), _start(resource))]


def title(resource: Element) -> str:
    """The supervision in the fewest words."""
    reason = name(resource.get("reasonCode"), system=codes.ENCOUNTER_REASON) or "tilsyn"
    status = text(resource.get("status"))
    ending = {"finished": "utført", "": "utført"}.get(status, plain(status))
    return f"{reason} – {ending}"


def _start(resource: Element) -> datetime:
    return order(element(resource.get("period")).get("start"))


def _mode(resource: Element) -> str:
    modes = (concept(p.get("type"), system=codes.ENCOUNTER_MODE) for p in objects(resource.get("participant")))
    return "; ".join(dict.fromkeys(m for m in modes if m))


def _lines(resource: Element, directory: Directory) -> Iterator[str]:
    get = resource.get
    yield f"Tidspunkt: {span(get('period')) or 'ikke oppgitt'}"
    yield f"Oppfølging: {_mode(resource) or 'måte ikke oppgitt'}"
    yield from labelled("Årsak", concept(get("reasonCode"), system=codes.ENCOUNTER_REASON))
    yield from labelled("Type", concept(get("type")))
    yield from labelled("Form", concept(get("class"), system=codes.ACT_CODE))
    who = (directory.name(p.get("individual")) for p in objects(get("participant")))
    yield from labelled("Utført av", ", ".join(dict.fromkeys(w for w in who if w)))
    yield from labelled("Ansvarlig", directory.name(get("serviceProvider")))
    places = (directory.name(p.get("location")) for p in objects(get("location")))
    yield from labelled("Sted", ", ".join(p for p in places if p))
    for device in extensions.devices(resource):
        yield f"Utstyr: {device}"
    for comment in extensions.comments(resource):
        yield f"Kommentar: {comment}"
    for link in extensions.links(resource):
        yield f"Lenke hos avsender: {link}"
    yield from labelled("Status", "" if get("status") == "finished" else plain(get("status")))
