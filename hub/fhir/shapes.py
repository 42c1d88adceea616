"""Lays profiles over R4's elements: the tree of what may stand where, before it is compiled.

A `Shape` is an object in its place, a `Node` an element of it. A node that no profile touches stays as R4 has it,
and shares its type's check with every other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from hub.fhir.drafts import Check
from hub.fhir.elements import Element, elements_of
from hub.fhir.rules import Binding, Profile, Row, Rulebook, Slicing


@dataclass(slots=True)
class Source:
    """Where a demand comes from: the start of its rule id, how strictly it is held, and its own advice."""

    rule: str
    origin: Literal["r4", "national", "underlying"] = "r4"
    advice: str | None = None


@dataclass(slots=True)
class Node:
    """An element in its place, with what profiles demand of it."""

    element: Element
    least: int
    most: int
    least_by: Source
    most_by: Source
    types: tuple[str, ...]
    targets: frozenset[str]
    types_by: Source | None = None
    bindings: list[tuple[Binding, Source]] = field(default_factory=list)
    fixed: list[tuple[str, Source]] = field(default_factory=list)
    slicing: Slicing | None = None
    slicing_by: Source | None = None
    slices: dict[str, Node] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    profiles: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        """Whether the element is an array in JSON: R4 decides, no profile changes it."""
        return self.element.most != 1


@dataclass(slots=True)
class Shape:
    """An object in its place: its type, the start of its rule ids, its elements, and the groups it can repeat."""

    type_name: str
    label: str
    nodes: dict[str, Node]
    groups: dict[str, Shape]
    invariants: tuple[str, ...] = ()
    check: Check | None = None


class UnknownElement(LookupError):
    """A profile speaks of an element that R4 doesn't have."""


def base_shape(type_name: str) -> Shape:
    """R4's own shape of a type or resource."""
    return _shape(type_name, type_name.lower(), elements_of(type_name), {})


def lay(profile: Profile, shape: Shape, rulebook: Rulebook) -> tuple[str, ...]:
    """Add the demands of `profile`, and of what it builds on, to `shape`; the paths that R4 doesn't have."""
    unknown: list[str] = []
    for layer in lineage(profile, rulebook):
        shape.invariants += layer.invariants
        for row in layer.rows:
            try:
                _demand(row, _find(shape, row.path, rulebook), layer)
            except UnknownElement:
                unknown.append(row.path)
    return tuple(unknown)


def lineage(profile: Profile, rulebook: Rulebook) -> list[Profile]:
    """The profiles that `profile` builds on, the first underlying first, itself last."""
    line = [profile]
    while (base := rulebook.profiles.get(line[0].base or "")) and base not in line:
        line.insert(0, base)
    return line


def _shape(type_name: str, label: str, elements: Iterable[Element], groups: dict[str, Shape]) -> Shape:
    return Shape(type_name, label, {e.name: _node(e, label) for e in elements}, groups)


def _node(element: Element, label: str) -> Node:
    source = Source(f"r4-{label}-{plain(element.name)}")
    return Node(element, element.least, element.most, source, source, element.types, element.targets)


def plain(name: str) -> str:
    """An element's name as a part of a rule id."""
    return name.removesuffix("[x]").lower()


def child_shape(node: Node, type_name: str, parent: Shape) -> Shape:
    """The shape of the node's value when it has `type_name` ("" for a group), made at first need."""
    if type_name not in node.shapes:
        label = f"{parent.label}-{plain(node.element.name)}"
        if type_name:
            node.shapes[type_name] = base_shape(type_name)
            node.shapes[type_name].label = label
        else:
            node.shapes[type_name] = _shape("", label, node.element.children, parent.groups)
            if not parent.groups.get(node.element.name):
                parent.groups[node.element.name] = node.shapes[type_name]
    return node.shapes[type_name]


def _find(shape: Shape, path: str, rulebook: Rulebook) -> list[tuple[Node, str]]:
    """The nodes that `path` means (several where a choice is not narrowed), each with its rule path."""
    found: list[tuple[Node, str]] = []
    step, _, rest = path.partition(".")
    name, _, slice_name = step.partition(":")
    node = shape.nodes.get(name)
    if node is None:
        raise UnknownElement(path)
    if slice_name and not node.element.is_choice:
        node = _slice(node, slice_name)
    if not rest:
        return [(node, slice_name if node.element.is_choice else "")]
    for type_name in _types_below(node, slice_name):
        below = child_shape(node, type_name, shape)
        if rest.partition(".")[0].partition(":")[0] in below.nodes:
            found += _find(below, rest, rulebook)
    if not found:
        raise UnknownElement(path)
    return found


def _types_below(node: Node, slice_name: str) -> tuple[str, ...]:
    if node.element.children:
        return ("",)
    if node.element.is_choice and slice_name:
        return tuple(t for t in node.types if json_name(node.element, t) == slice_name)
    if all(t[0].islower() for t in node.types):
        return ("Element",)  # what is below a primitive stands in the object beside it
    return tuple(t for t in node.types if t[0].isupper() and t not in {"Resource", "Contained"})


def _slice(node: Node, name: str) -> Node:
    if name not in node.slices:
        source = Source(f"{node.least_by.rule}-{name.lower()}")
        node.slices[name] = Node(node.element, 0, -1, source, source, node.types, node.targets)
    return node.slices[name]


def _demand(row: Row, nodes: list[tuple[Node, str]], profile: Profile) -> None:
    rule = f"{profile.name}-{_rule_path(row.path)}"
    source = Source(rule, profile.origin, row.advice)
    for node, choice in nodes:
        if choice:
            _demand_of_choice(row, node, choice, source)
        else:
            _demand_of_node(row, node, source)


def _rule_path(path: str) -> str:
    return "-".join(plain(part) for step in path.split(".") for part in step.split(":"))


def _demand_of_choice(row: Row, node: Node, choice: str, source: Source) -> None:
    """A slice of a choice is one of its types: what it demands is demanded of the value when it has that type."""
    if row.least:
        node.least, node.least_by = max(node.least, row.least), source
        node.types = tuple(t for t in node.types if json_name(node.element, t) == choice)
        node.types_by = source
    if row.binding:
        node.bindings.append((row.binding, source))


def _demand_of_node(row: Row, node: Node, source: Source) -> None:
    if row.least is not None and row.least > node.least:
        node.least, node.least_by = row.least, source
    if row.most is not None and row.most != -1 and (node.most == -1 or row.most < node.most):
        node.most, node.most_by = row.most, source
    if row.types:
        _narrow(row, node, source)
    if row.profiles:
        node.profiles = row.profiles
    if row.binding:
        node.bindings.append((row.binding, source))
    if row.fixed is not None or row.pattern is not None:
        node.fixed.append((row.fixed if row.fixed is not None else row.pattern or "", source))
    if row.slicing:
        node.slicing, node.slicing_by = row.slicing, source


def _narrow(row: Row, node: Node, source: Source) -> None:
    kept = tuple(t for t in node.types if t in row.types)
    if kept and kept != node.types:
        node.types, node.types_by = kept, source
    if row.targets:
        node.targets = frozenset(row.targets)


def json_name(element: Element, type_name: str) -> str:
    """The element's name in JSON when its value has `type_name`."""
    if not element.is_choice:
        return element.name
    return element.name[:-3] + type_name[0].upper() + type_name[1:]
