"""Measured and answered values in words, with every number as the sender wrote it."""

from __future__ import annotations

from collections.abc import Callable

from hub.journal import names
from hub.journal.coded import concept
from hub.journal.elements import Element, choice, element, text
from hub.journal.times import said, span


def quantity(value: object) -> str:
    """A Quantity: comparator, number and unit as sent; the unit code's name after a unit that differs from it."""
    one = element(value)
    number = text(one.get("value"))
    unit, code = text(one.get("unit")), text(one.get("code"))
    named = names.unit(code) if code else ""
    if unit and code and unit not in (code, named):
        unit = f"{unit} (enhetskode: {named or code})"
    shown = f"{text(one.get('comparator'))}{number}" if number else "(verdi mangler)"
    return f"{shown} {unit or named}".rstrip() if unit or named else f"{shown} (uten enhet)"


def _range(value: object) -> str:
    one = element(value)
    low, high = (quantity(one[k]) if one.get(k) else "" for k in ("low", "high"))
    return f"{low} til {high}" if low and high else low or (f"opp til {high}" if high else "")


def _ratio(value: object) -> str:
    one = element(value)
    return f"{quantity(one.get('numerator'))} / {quantity(one.get('denominator'))}"


def _sampled(value: object) -> str:
    return f"måleserie: {text(element(value).get('data'))}"


def _attached(value: object) -> str:
    one = element(value)
    return f"vedlegg: {text(one.get('title')) or text(one.get('contentType')) or 'uten navn'}"


def _reference(value: object) -> str:
    one = element(value)
    return text(one.get("display")) or text(one.get("reference"))


_WRITERS: dict[str, Callable[[object], str]] = {
    "Quantity": quantity,
    "CodeableConcept": concept,
    "Coding": concept,
    "Range": _range,
    "Ratio": _ratio,
    "Period": span,
    "DateTime": said,
    "Date": said,
    "Instant": said,
    "SampledData": _sampled,
    "Attachment": _attached,
    "Reference": _reference,
}


def shown(parent: Element, stem: str = "value") -> str:
    """The value of `stem[x]` in `parent`, in words; empty when there is none."""
    return of_type(*choice(parent, stem))


def of_type(kind: str, value: object) -> str:
    """A value of a FHIR type (as in `valueQuantity`), in words; empty when there is none."""
    return "" if value is None else _WRITERS.get(kind, text)(value)
