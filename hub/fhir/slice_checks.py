"""Compiles what a slice demands beyond what its list already is checked for: only the elements that it touches."""

from __future__ import annotations

from hub.fhir import bindings, demands, walking
from hub.fhir.drafts import Check
from hub.fhir.rules import Rulebook
from hub.fhir.shapes import Node, Shape, json_name
from hub.fhir.slicing import sliced


def slices_check(node: Node, type_name: str, rulebook: Rulebook) -> Check | None:
    """A check of the node's whole value by its slices, None where it has none that can be told apart."""
    parts = [(part, _value(part, type_name, rulebook)) for part in node.slices.values()]
    return sliced(node, parts, rulebook) if parts else None


def _value(node: Node, type_name: str, rulebook: Rulebook) -> Check:
    shape = node.shapes.get(type_name)
    checks = [_touched(shape, rulebook)] if shape else []
    bound = (bindings.bound(b, type_name, s, rulebook) for b, s in node.bindings)
    checks += [check for check in bound if check]
    checks += [demands.fixed(text, source) for text, source in node.fixed]
    return walking.all_of(checks) if checks else walking.nothing


def _touched(shape: Shape, rulebook: Rulebook) -> Check:
    checks: dict[str, Check] = {}
    names: dict[str, str] = {}
    nodes = [node for node in shape.nodes.values() if _is_touched(node)]
    for node in nodes:
        for type_name in node.element.types or ("",):
            key = json_name(node.element, type_name)
            names[key] = demands.path_name(node)
            checks[key] = _element(node, type_name, rulebook)
    return walking.part_check(
        checks, names, [demands.required(n) for n in nodes if n.least_by.origin != "r4" and n.least]
    )


def _element(node: Node, type_name: str, rulebook: Rulebook) -> Check:
    if node.most == 0:
        return walking.always(demands.forbidden(node))
    if type_name and type_name not in node.types:
        return walking.always(demands.wrong_choice(node))
    one = _value(node, type_name, rulebook)
    whole = slices_check(node, type_name, rulebook)
    parts = [demands.listed(node, one) if node.is_list else one, *([whole] if whole else [])]
    return walking.all_of(parts)


def _is_touched(node: Node) -> bool:
    moved = node.least != node.element.least or node.most != node.element.most or node.types != node.element.types
    return moved or bool(node.fixed or node.bindings or node.slices or node.shapes)
