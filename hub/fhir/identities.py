"""Identity numbers in a message: whether they are valid, and whether they may be used in this environment."""

from __future__ import annotations

import re
from typing import Any

from hub.fhir.drafts import Check, Context, Draft, Drafts
from hub.model.person import (
    D_NUMBER,
    HELP_NUMBER,
    IDENTITY_NUMBER,
    ORGANISATION_NUMBER,
    PERSON_SYSTEMS,
    NumberKind,
    number_kind,
    organisation_number_is_test,
    organisation_number_is_valid,
)

_ELEVEN = re.compile(r"(?<!\d)\d{11}(?!\d)", re.ASCII)


def identifier(value: Any, context: Context) -> Drafts:
    """A check of an Identifier whose system is that of persons or organisations. Its value is never shown."""
    system, number = value.get("system"), value.get("value")
    if type(system) is not str or type(number) is not str or not number:
        return None
    if system in PERSON_SYSTEMS:
        return _person(system, number, context)
    if system == ORGANISATION_NUMBER and not _organisation_is_valid(number):
        return [Draft("organisation", "organisation-number-invalid", path=".value")]
    return None


def patient_check(type_name: str) -> Check:
    """A check that who the patient is holds no real number outside its own number system, in test mode.

    For a Reference both its identifier and its address are looked at, for an Identifier itself.
    """
    return _patient_reference if type_name == "Reference" else _patient_identifier


def _person(system: str, number: str, context: Context) -> Drafts:
    kind = number_kind(number)
    if kind is NumberKind.INVALID:
        return [Draft("person-invalid", "person-number-invalid", path=".value")]
    if kind is NumberKind.REAL and context.mode == "test":
        return [Draft("person-real", "person-number-real", path=".value")]
    if kind is NumberKind.SYNTHETIC and context.mode == "production":
        return [Draft("person-synthetic", "person-number-synthetic", path=".value")]
    if system != (own := _system_of(kind, number)):
        return [Draft("person-system", "person-number-wrong-system", path=".system", found=system, expected=own)]
    return None


def _system_of(kind: NumberKind, number: str) -> str:
    if kind is NumberKind.HELP:
        return HELP_NUMBER
    return D_NUMBER if number[0] in "4567" else IDENTITY_NUMBER


def _organisation_is_valid(number: str) -> bool:
    return organisation_number_is_valid(number) or organisation_number_is_test(number)


def _patient_identifier(value: Any, context: Context) -> Drafts:
    if type(value) is not dict or context.mode != "test":
        return None
    if type(system := value.get("system")) is str and system in PERSON_SYSTEMS:
        return None
    return [Draft("person-real", "person-number-real", path=".value")] if _holds_real(value.get("value")) else None


def _patient_reference(value: Any, context: Context) -> Drafts:
    if type(value) is not dict or context.mode != "test":
        return None
    drafts = _patient_identifier(value.get("identifier"), context) or []
    for draft in drafts:
        draft.path = f".identifier{draft.path}"
    if _holds_real(value.get("reference")):
        drafts.append(Draft("person-real", "person-number-real", path=".reference"))
    return drafts or None


def _holds_real(text: Any) -> bool:
    return type(text) is str and any(number_kind(n) is NumberKind.REAL for n in _ELEVEN.findall(text))
