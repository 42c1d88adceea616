"""R4's primitive types: what a value must look like."""

from __future__ import annotations

import re

from hub.fhir import narrative, times
from hub.fhir.drafts import Check, Context, Draft, Drafts, mistyped, shown

_PATTERNS = {
    "code": re.compile(r"[^\s]+(?:[ ][^\s]+)*"),
    "uri": re.compile(r"\S+"),
    "url": re.compile(r"\S+"),
    "canonical": re.compile(r"\S+"),
    "id": re.compile(r"[A-Za-z0-9\-.]{1,64}"),
    "oid": re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+", re.ASCII),
    "uuid": re.compile(r"urn:uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "base64Binary": re.compile(r"\s*[0-9A-Za-z+/=][0-9A-Za-z+/=\s]*"),
}


def text(value: object, context: Context) -> Drafts:
    """A `string` or `markdown`: text with something in it."""
    if type(value) is str:
        return None if value and not value.isspace() else [Draft("empty", "r4-empty")]
    return [mistyped(value, "string")]


def boolean(value: object, context: Context) -> Drafts:
    """A `boolean`."""
    if value is True or value is False:
        return None
    return [mistyped(value, "boolean")]


def decimal(value: object, context: Context) -> Drafts:
    """A `decimal`: any JSON number."""
    if isinstance(value, float | int) and type(value) is not bool:
        return None
    return [mistyped(value, "decimal")]


def _patterned(name: str) -> Check:
    match = _PATTERNS[name].fullmatch

    def check(value: object, context: Context) -> Drafts:
        if type(value) is not str:
            return [mistyped(value, name)]
        if match(value):
            return None
        if not value or value.isspace():
            return [Draft("empty", "r4-empty")]
        return [Draft("format", f"r4-format-{name.lower()}", found=shown(value), expected=name)]

    return check


def _whole(name: str, least: int, most: int) -> Check:
    def check(value: object, context: Context) -> Drafts:
        if not isinstance(value, int) or type(value) is bool:
            return [mistyped(value, name)]
        if least <= value <= most:
            return None
        return [Draft("format", f"r4-format-{name.lower()}", expected=f"{least} til {most}")]

    return check


CHECKS: dict[str, Check] = {
    "string": text,
    "markdown": text,
    "boolean": boolean,
    "decimal": decimal,
    "integer": _whole("integer", -(2**31), 2**31 - 1),
    "unsignedInt": _whole("unsignedInt", 0, 2**31 - 1),
    "positiveInt": _whole("positiveInt", 1, 2**31 - 1),
    "xhtml": narrative.xhtml,
    **{name: _patterned(name) for name in _PATTERNS},
    **times.CHECKS,
}


def one_of(codes: frozenset[str]) -> Check:
    """A check that a `code` is one of `codes`."""
    expected = " | ".join(sorted(codes))

    def check(value: object, context: Context) -> Drafts:
        if type(value) is not str:
            return [mistyped(value, "code")]
        if value in codes:
            return None
        if not value or value.isspace():
            return [Draft("empty", "r4-empty")]
        return [Draft("code", "r4-code-not-allowed", found=shown(value), expected=expected)]

    return check
