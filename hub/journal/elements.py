"""Reading a parsed FHIR element without trusting its shape.

Senders put objects where arrays belong, empty strings, numbers where text belongs. Every function here answers
for any JSON value and raises nothing. Numbers are read as the text that was sent, so that 36.60 stays 36.60.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

Element = Mapping[str, object]

_EMPTY: Element = {}
_NOTHING: tuple[object, ...] = (None, "", [], {})
_decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, strict=False)


def parsed(raw: bytes) -> Element | None:
    """The JSON object in `raw` with every number as its own text, or None where there is no JSON object."""
    try:
        value = _decoder.decode(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def listed(value: object) -> Sequence[object]:
    """`value` as a list: a lone value is a list of one; nothing and the empty string are the empty list."""
    if isinstance(value, list):
        return value
    return () if value is None or value == "" else (value,)


def objects(value: object) -> list[Element]:
    """The JSON objects in `value`, be it a list, a lone object or anything else."""
    if isinstance(value, dict):
        return [value]
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def element(value: object) -> Element:
    """`value` as one JSON object: of a list the first object, of anything else an empty one."""
    if isinstance(value, dict):
        return value
    found = objects(value)
    return found[0] if found else _EMPTY


def text(value: object) -> str:
    """`value` as text without space around it: of a list the first text; of objects and nothing, the empty one."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, list):
        return next((found for v in value if (found := text(v))), "")
    return ""


def choice(parent: Element, stem: str) -> tuple[str, object]:
    """FHIR's `stem[x]` in `parent`: the type that follows the stem and the value; two empties when there is none."""
    size = len(stem)
    for name in parent:
        if name.startswith(stem) and name[size : size + 1].isupper() and parent[name] not in _NOTHING:
            return name[size:], parent[name]
    return "", None
