"""How a look-up names the patient: a national number, or the EPJ's own, with or without its system."""

from __future__ import annotations

import re
from typing import Literal

from hub.api.errors import fault
from hub.model.person import PERSON_SYSTEMS, NumberKind, number_kind

_ELEVEN = re.compile(r"\d{11}")
_SYSTEM = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
_MAX = 200


def read_person(text: str, *, mode: Literal["test", "production"]) -> tuple[str | None, str]:
    """System (None: any) and value in `[system|]value`.

    Raises RejectedMessage: 2.1 for a number that is no number, or of a kind that `mode` does not take; 2.2 for a
    system that is none.
    """
    system, bar, value = text.rpartition("|")
    system, value = system.strip(), value.strip()
    if bar and system and not _SYSTEM.fullmatch(system):
        text = "Systemet foran | må være en adresse, for eksempel urn:oid:2.16.578.1.12.4.1.4.1."
        raise fault("2.2", text, rule="identifier-system")
    if not value or len(value) > _MAX:
        raise fault("2.1", "Oppgi pasientens nummer.", rule="person-number-missing")
    if system in PERSON_SYSTEMS or (not system and _ELEVEN.fullmatch(value)):
        _check_number(value, mode)
    return system or None, value


def _check_number(value: str, mode: Literal["test", "production"]) -> None:
    kind = number_kind(value)
    if kind is NumberKind.INVALID:
        raise fault("2.1", "Personnummeret er ikke gyldig. Kontroller sifrene.", rule="person-number-invalid")
    if mode == "test" and kind is NumberKind.REAL:
        text = "Personnummeret er ikke syntetisk. Bare testpersoner kan brukes her."
        raise fault("2.1", text, rule="person-number-real")
    if mode == "production" and kind is NumberKind.SYNTHETIC:
        raise fault(
            "2.1", "Personnummeret er syntetisk og kan ikke brukes i produksjon.", rule="person-number-synthetic"
        )
