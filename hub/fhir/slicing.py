"""Slices: a list divided by what its items say, each part with demands of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.fhir.drafts import Check, Context, Draft, Drafts
from hub.fhir.rules import Rulebook
from hub.fhir.shapes import Node, Source, plain


def held(source: Source, kind: str) -> str:
    """The kind of fault it is to break a demand from `source`."""
    return "underlying" if source.origin == "underlying" else kind


def sliced(node: Node, slices: Sequence[tuple[Node, Check]], rulebook: Rulebook) -> Check | None:
    """A check of the whole list (or the one value) by its slices, or None where there are none.

    An item belongs to the first slice whose telling values it has. What belongs to none is a fault where the
    slicing is closed.
    """
    parts = [(s, c, t) for s, c in slices if (t := _telling(node, s, rulebook))]
    if not parts:
        return None
    closed = node.slicing is not None and node.slicing.closed
    source = node.slicing_by or node.least_by

    def check(value: Any, context: Context) -> Drafts:
        drafts: list[Draft] = []
        counts = [0] * len(parts)
        many = type(value) is list
        for index, item in enumerate(value if many else [value]):
            for number, (_, part, tells) in enumerate(parts):
                if _belongs(item, tells):
                    counts[number] += 1
                    drafts += _within(part(item, context), index, many=many)
                    break
            else:
                if closed:
                    drafts += _within([_outside(parts, source)], index, many=many)
        for (node_of_part, _, _), count in zip(parts, counts, strict=True):
            if count < node_of_part.least or count > node_of_part.most != -1:
                drafts += _counted(node_of_part, count)
        return drafts or None

    return check


def _counted(part: Node, count: int) -> Iterator[Draft]:
    if count < part.least:
        source = part.least_by
        yield Draft(
            held(source, "required"), f"{source.rule}-required", expected=f"minst {part.least}", advice=source.advice
        )
    if part.most != -1 and count > part.most:
        source = part.most_by
        yield Draft(
            held(source, "too-many"), f"{source.rule}-most", expected=f"høyst {part.most}", advice=source.advice
        )


def _within(drafts: Drafts, index: int, *, many: bool) -> list[Draft]:
    for draft in drafts or ():
        draft.path = f"[{index}]{draft.path}" if many else draft.path
    return drafts or []


def _outside(parts: Sequence[tuple[Node, Check, dict[tuple[str, ...], set[str]]]], source: Source) -> Draft:
    expected = sorted({v for _, _, tells in parts for values in tells.values() for v in values})
    return Draft(held(source, "slice"), f"{source.rule}-closed", expected=" | ".join(expected), advice=source.advice)


def _telling(node: Node, part: Node, rulebook: Rulebook) -> dict[tuple[str, ...], set[str]]:
    """The values, by path, that tell that an item belongs to `part`."""
    leaves = dict(_fixed_below(part))
    if part.profiles:
        leaves[("url",)] = {_extension_url(url, rulebook) for url in part.profiles}
    by = {tuple(path.split(".")) for path in node.slicing.by} if node.slicing else set()
    return {path: values for path, values in leaves.items() if path in by} or leaves


def _fixed_below(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    found: dict[tuple[str, ...], set[str]] = {}
    if node.fixed and path:
        found.setdefault(path, set()).add(node.fixed[-1][0])
    for shape in node.shapes.values():
        for child in shape.nodes.values():
            for below in (child, *child.slices.values()):
                for leaf, values in _fixed_below(below, (*path, plain_name(child))):
                    found.setdefault(leaf, set()).update(values)
    yield from found.items()


def plain_name(node: Node) -> str:
    """The element's name without the mark of a choice."""
    return node.element.name.removesuffix("[x]")


def _extension_url(url: str, rulebook: Rulebook) -> str:
    profile = rulebook.profiles.get(url)
    rows = profile.rows if profile else ()
    return next((r.fixed for r in rows if plain(r.path) == "url" and r.fixed), url)


def _belongs(item: Any, tells: dict[tuple[str, ...], set[str]]) -> bool:
    for path, values in tells.items():  # noqa: SIM110  a generator here doubles the cost of every slice
        if not _has(item, path, values):
            return False
    return True


def _has(item: Any, path: tuple[str, ...], values: set[str]) -> bool:
    for number, name in enumerate(path):
        if type(item) is list:
            return any(_has(one, path[number:], values) for one in item)
        if type(item) is not dict or name not in item:
            return False
        item = item[name]
    if type(item) is list:
        return any(type(one) is str and one in values for one in item)
    return type(item) is str and item in values
