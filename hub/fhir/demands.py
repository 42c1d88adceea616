"""What a node demands beyond its value's type: that it is there, how many, fixed values, and which types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hub.fhir.codes import canonical_system
from hub.fhir.drafts import Check, Context, Draft, Drafts, shown
from hub.fhir.shapes import Node, Source, json_name
from hub.fhir.slicing import held
from hub.fhir.walking import Missing, list_check


def path_name(node: Node) -> str:
    """The element's name in FHIRPath."""
    return node.element.name.removesuffix("[x]")


def required(node: Node) -> Missing:
    """The names under which a required element can stand, and the remark when it is under none of them."""
    keys = tuple(json_name(node.element, t) for t in node.types) or (node.element.name,)
    source, path, count = node.least_by, f".{path_name(node)}", _count(node)

    def missing() -> Draft:
        return Draft(
            held(source, "required"), f"{source.rule}-required", path=path, expected=count, advice=source.advice
        )

    primitives = tuple(f"_{k}" for k in keys)
    return (*keys, *primitives) if node.types and node.types[0][0].islower() else keys, missing


def choice(node: Node) -> tuple[frozenset[str], str]:
    """The names in JSON of a choice of types, only one of which may be used, and its name in FHIRPath."""
    return frozenset(json_name(node.element, t) for t in node.element.types), path_name(node)


def forbidden(node: Node) -> Callable[[], Draft]:
    """The remark on an element that a profile forbids."""
    source = node.most_by
    return lambda: Draft(held(source, "forbidden"), f"{source.rule}-forbidden", expected="0..0", advice=source.advice)


def wrong_choice(node: Node) -> Callable[[], Draft]:
    """The remark on a value of a type that a profile rules out."""
    source = node.types_by or node.least_by
    expected = " | ".join(node.types)
    return lambda: Draft(held(source, "type-of-value"), f"{source.rule}-type", expected=expected, advice=source.advice)


def listed(node: Node, one: Check) -> Check:
    """A check of the array that the node is, each item by `one`."""
    if node.most == -1 and node.least <= 1:
        return list_check(one, None)
    few, many = node.least_by, node.most_by

    def counted(count: int) -> Sequence[Draft]:
        if count < node.least:
            return [Draft(held(few, "required"), f"{few.rule}-required", expected=_count(node), advice=few.advice)]
        if node.most != -1 and count > node.most:
            found = str(count)
            return [
                Draft(
                    held(many, "too-many"), f"{many.rule}-most", found=found, expected=_count(node), advice=many.advice
                )
            ]
        return ()

    return list_check(one, counted)


def fixed(text: str, source: Source) -> Check:
    """A check that a primitive has the one value that a profile allows."""

    def check(value: Any, context: Context) -> Drafts:
        if value == text or type(value) is not str or not value:
            return None
        found = shown(value)
        if value == canonical_system(text):  # published with the value set's address where the system's belongs
            return [Draft("published-address", f"{source.rule}-fixed", found=found, expected=text)]
        return [Draft(held(source, "fixed"), f"{source.rule}-fixed", found=found, expected=text, advice=source.advice)]

    return check


def _count(node: Node) -> str:
    return f"{node.least}..{'*' if node.most == -1 else node.most}"
