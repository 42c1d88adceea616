"""Reads a message's bytes as a FHIR resource, or says what is wrong with them.

Nothing here looks at the content beyond `resourceType`; that is `hub.fhir.checking`. No advice and no error
text repeats anything of the content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from hub.model.errors import RejectedMessage
from hub.model.finding import Finding

#: The largest message that is taken in, in bytes (JFT's limit; VKP states none).
MAX_BYTES = 1_048_576

#: What may be published on an event topic.
EVENT_TYPES = frozenset({"Bundle", "DetectedIssue", "MedicationDispense", "Encounter", "Observation", "Composition"})

#: What may be written by HTTP: VKP takes one more.
WRITTEN_TYPES = EVENT_TYPES | {"Communication"}

#: What JFT has an address for.
JFT_TYPES = frozenset({"Bundle", "Composition", "MedicationDispense"})

#: As many names as a person cares to read.
_FEW = 20

_BOM = b"\xef\xbb\xbf"


def parse(raw: bytes, *, allowed: frozenset[str] = EVENT_TYPES) -> dict[str, Any]:
    """The resource in `raw`, whose type is one of `allowed`.

    Raises RejectedMessage with one finding when `raw` is larger than MAX_BYTES, is not UTF-8 (a byte order mark
    is tolerated), is not JSON, is nested deeper than 254 levels, or is no resource of an allowed type.
    """
    if len(raw) > MAX_BYTES:
        raise _rejected(_too_large(len(raw)))
    text = raw[3:] if raw.startswith(_BOM) else raw
    try:
        value = orjson.loads(text)
        orjson.dumps(value)  # refuses what is nested too deep for the walks to come
    except (orjson.JSONDecodeError, TypeError) as error:
        raise _rejected(_unreadable(text, error)) from None
    return _resource(value, allowed)


def canonical_hash(resource: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the resource with its keys sorted: the same content gives the same hash."""
    return hashlib.sha256(orjson.dumps(resource, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _resource(value: object, allowed: frozenset[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _rejected(
            _finding(
                "json-not-object",
                "Meldingen må være ett JSON-objekt: en FHIR-ressurs.",
                found="noe annet",
                expected="ett JSON-objekt",
                kind="structure",
            )
        )
    name = value.get("resourceType")
    if not isinstance(name, str) or name not in allowed:
        raise _rejected(_unknown_type(name, allowed))
    return value


def _too_large(size: int) -> Finding:
    return _finding(
        "message-too-large",
        "Del meldingen opp, eller send store vedlegg på annen måte. Grensen er 1 MB.",
        found=f"{size} byte",
        expected=f"høyst {MAX_BYTES} byte",
        kind="too-long",
    )


def _unreadable(text: bytes, error: Exception) -> Finding:
    if b"\x00" in text[:4] or text[:2] in {b"\xff\xfe", b"\xfe\xff"} or not _is_utf8(text):
        advice = "Send meldingen kodet som UTF-8. JSON i FHIR har ingen annen tegnkoding."
        return _finding("encoding-not-utf8", advice, found="en annen tegnkoding", expected="UTF-8", kind="structure")
    if not isinstance(error, orjson.JSONDecodeError) or "depth" in error.msg:
        advice = "Meldingen er nøstet for dypt. Grensen er 254 nivåer."
        return _finding("json-too-deep", advice, found="flere nivåer", expected="høyst 254 nivåer", kind="too-long")
    advice = f"Meldingen er ikke gyldig JSON. Feilen er ved linje {error.lineno}, kolonne {error.colno}."
    return _finding("json-broken", advice, found="ugyldig JSON", expected="gyldig JSON", kind="structure")


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _unknown_type(name: object, allowed: frozenset[str]) -> Finding:
    known = isinstance(name, str) and name.isascii() and name.isalpha() and len(name) <= 40
    return _finding(
        "resource-unknown",
        "Sett resourceType til en av ressursene som tas imot her.",
        path="resourceType",
        found=str(name) if known else "ingenting" if name is None else "noe annet",
        expected=", ".join(sorted(allowed)) if len(allowed) <= _FEW else "navnet på en R4-ressurs",
        kind="not-supported",
    )


def _finding(rule: str, advice: str, *, path: str = "$this", found: str, expected: str, kind: str) -> Finding:
    return Finding("error", path, rule, advice, found=found, expected=expected, issue_type=kind)


def _rejected(finding: Finding) -> RejectedMessage:
    return RejectedMessage([finding])
