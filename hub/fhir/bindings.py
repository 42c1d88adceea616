"""Bindings: whether a code comes from the value set that a profile asks for.

A VKP value set's own address where its code system's belongs is understood; `hub.fhir.invariants` remarks on it.
"""

from __future__ import annotations

from typing import Any

from hub.fhir.codes import canonical_system
from hub.fhir.drafts import Check, Context, Draft, Drafts, shown
from hub.fhir.rules import Binding, Rulebook, ValueSet
from hub.fhir.shapes import Source
from hub.fhir.slicing import held


def bound(binding: Binding, type_name: str, source: Source, rulebook: Rulebook) -> Check | None:
    """A check that a CodeableConcept or Coding keeps to `binding`.

    None where it can't be checked: the value set was never published, or the binding is only a hint.
    """
    values = rulebook.value_sets.get(binding.value_set)
    if values is None or binding.strength in {"preferred", "example"}:
        return None
    kind = held(source, "binding") if binding.strength == "required" else "binding-hint"
    if type_name == "CodeableConcept":
        return _concept(values, kind, source)
    if type_name == "Coding":
        return _coding(values, kind, source)
    return None


def _concept(values: ValueSet, kind: str, source: Source) -> Check:
    def check(value: Any, context: Context) -> Drafts:
        if type(value) is not dict or not value:
            return None
        codings = value.get("coding")
        codings = codings if type(codings) is list else [codings]
        for coding in codings:
            if type(coding) is dict and _belongs(coding, values):
                return None
        if kind == "binding-hint" and not any(type(c) is dict for c in codings):
            return None
        return [_outside(codings, values, kind, source)]

    return check


def _coding(values: ValueSet, kind: str, source: Source) -> Check:
    def check(value: Any, context: Context) -> Drafts:
        if type(value) is not dict or not value or _belongs(value, values):
            return None
        draft = _outside([value], values, kind, source)
        draft.path = draft.path.removeprefix(".coding[0]")
        return [draft]

    return check


def _belongs(coding: dict[str, Any], values: ValueSet) -> bool:
    system, code = coding.get("system"), coding.get("code")
    if type(system) is not str or type(code) is not str:
        return False
    if system not in values.systems and (system := canonical_system(system)) not in values.systems:
        return False
    codes = values.systems[system]
    return codes is None or code in codes


def _outside(codings: list[Any], values: ValueSet, kind: str, source: Source) -> Draft:
    """The fault at its narrowest: a code that the right system lacks, else a wrong system, else no code at all."""
    rule = f"{source.rule}-binding"
    expected = " | ".join(values.systems)
    seen = [(i, c) for i, c in enumerate(codings) if type(c) is dict]
    for index, coding in seen:
        if type(system := coding.get("system")) is str and system in values.systems:
            found, path = shown(coding.get("code")), f".coding[{index}].code"
            return Draft(kind, rule, path=path, found=found, expected=_some(values, system), advice=source.advice)
    for index, coding in seen:
        if "system" in coding:
            found, path = shown(coding["system"]), f".coding[{index}].system"
            return Draft(kind, rule, path=path, found=found, expected=expected, advice=source.advice)
    return Draft(kind, rule, expected=expected, advice=source.advice)


def _some(values: ValueSet, system: str) -> str:
    codes = sorted(values.systems[system] or (), key=_by_number)
    return " | ".join(codes) if len(codes) <= 12 else f"{codes[0]} … {codes[-1]}, {len(codes)} koder"


def _by_number(code: str) -> tuple[object, ...]:
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in code.split("."))
