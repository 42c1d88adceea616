"""A QuestionnaireResponse as lines: each question with its answer, indented as the form is."""

from __future__ import annotations

from collections.abc import Iterator

from hub.journal.coded import plain
from hub.journal.elements import Element, objects, text
from hub.journal.people import Directory
from hub.journal.piece import Part, Piece, labelled
from hub.journal.times import order, said
from hub.journal.values import shown

_DEEPEST = 20


def pieces(resource: Element, directory: Directory) -> list[Piece]:
    """The answered form as one piece."""
    told = (
        *labelled("Besvart", said(resource.get("authored"))),
        *labelled("Besvart av", directory.name(resource.get("author")) or directory.name(resource.get("source"))),
        *labelled("Status", "" if resource.get("status") == "completed" else plain(resource.get("status"))),
        *_items(resource, 0),
    )
    return [Piece(Part.FORM, told, order(resource.get("authored")))] if told else []


def _items(parent: Element, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    indent = "– " * depth
    for item in objects(parent.get("item")):
        question = text(item.get("text")) or f"Spørsmål {text(item.get('linkId')) or 'uten navn'}"
        answers = objects(item.get("answer"))
        values = ", ".join(v for a in answers if (v := shown(a)))
        yield f"{indent}{question}{'' if question.endswith(('?', ':')) or not values else ':'} {values}".rstrip()
        for answer in answers:
            yield from _items(answer, depth + 1)
        yield from _items(item, depth + 1)
