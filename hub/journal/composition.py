"""A Composition as lines: the steps of the handling in order, and the sender's note, whole."""

from __future__ import annotations

from collections.abc import Iterator

from hub.fhir import codes
from hub.journal.coded import concept, contrast, plain
from hub.journal.elements import Element, element, objects, text
from hub.journal.people import Directory
from hub.journal.piece import Part, Piece, labelled
from hub.journal.prose import narrative
from hub.journal.times import order, said, span

#: Steps whose text says what was found or done; in the others the text names the step itself.
_TELLING = frozenset({"6", "7", "8", "9", "10"})
_DEEPEST = 20


def pieces(resource: Element, directory: Directory) -> list[Piece]:
    """One piece for each step of the handling, and one for the note."""
    written = order(resource.get("date"))
    told = tuple(_note(resource, directory))
    note = [Piece(Part.NOTE, told, written)] if told else []
    return [*(_step(event, directory) for event in objects(resource.get("event"))), *note]


def steps(resource: Element) -> set[str]:
    """The composition-event codes of the handling."""
    coded = (c for e in objects(resource.get("event")) for one in objects(e.get("code")) for c in _codings(one))
    return {text(c.get("code")) for c in coded}


def has_note(resource: Element) -> bool:
    """Whether the sender wrote any note text."""
    return any(line for s in objects(resource.get("section")) for line in _section(s, 0))


def category(resource: Element) -> str:
    """The composition-category code, 1 or 2, or empty."""
    coded = (text(c.get("code")) for one in objects(resource.get("category")) for c in _codings(one))
    return next((c for c in coded if c in ("1", "2")), "")


def _codings(value: Element) -> list[Element]:
    return objects(value.get("coding")) or [value]


def _step(event: Element, directory: Directory) -> Piece:
    period = element(event.get("period"))
    what = "; ".join(said_ for one in objects(event.get("code")) if (said_ := _called(one)))
    who = directory.names(event.get("detail"))
    when = span(period) or "Tidspunkt ikke oppgitt"
    line = " – ".join(w for w in (when, what or "Steg uten kode", who) if w)
    return Piece(Part.HANDLING, (line,), order(period.get("start"), fallback=None))


def _called(code: Element) -> str:
    """The step by name; of a cause, measure, conversation, action or other person also what is told of it."""
    coded = next((text(c.get("code")) for c in _codings(code)), "")
    known = codes.name_of(codes.COMPOSITION_EVENT, coded)
    words = text(code.get("text"))
    if known and coded in _TELLING and words and not _names_a_step(words):
        without = {key: value for key, value in code.items() if key != "text"}
        return f"{_capital(concept(without, system=codes.COMPOSITION_EVENT))}: {words}"
    return _capital(concept(code, system=codes.COMPOSITION_EVENT))


def _names_a_step(words: str) -> bool:
    return words.casefold() in {n.casefold() for n in codes.SYSTEMS[codes.COMPOSITION_EVENT].values()}


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _note(resource: Element, directory: Directory) -> Iterator[str]:
    body = [line for s in objects(resource.get("section")) for line in _section(s, 0)]
    if not body:
        body = list(narrative(resource.get("text")))
    if not body and not resource.get("author"):
        return
    yield from labelled("Tittel hos avsender", text(resource.get("title")))
    yield from labelled("Skrevet av", directory.names(resource.get("author")))
    yield from labelled("Skrevet", said(resource.get("date")))
    for attester in objects(resource.get("attester")):
        yield from labelled("Bekreftet av", directory.name(attester.get("party")))
    yield from labelled("Status", "" if resource.get("status") == "final" else plain(resource.get("status")))
    yield from body


def _section(section: Element, depth: int) -> Iterator[str]:
    body = narrative(section.get("text"))
    inner = [] if depth > _DEEPEST else [x for s in objects(section.get("section")) for x in _section(s, depth + 1)]
    if not body and not inner:
        return
    named = _capital(concept(section.get("code"), system=codes.COMPOSITION_SECTION))
    heading = contrast(text(section.get("title")), named)
    if heading:
        yield f"{heading}:"
    yield from body
    yield from inner
