"""What pydantic finds wrong with what people wrote, in words for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: Where a fault is: keys, and positions in lists from 0.
Place = tuple[str | int, ...]

_NORWEGIAN = {
    "missing": "mangler",
    "extra_forbidden": "ukjent nøkkel",
    "string_type": "må være tekst i anførselstegn",
    "path_type": "må være tekst i anførselstegn",
    "bool_type": "må være true eller false",
    "int_type": "må være et heltall",
    "int_from_float": "må være et heltall",
    "int_parsing": "må være et heltall",
    "float_type": "må være et tall",
    "float_parsing": "må være et tall",
    "finite_number": "må være et endelig tall",
    "tuple_type": "må være en liste",
    "dict_type": "må være en tabell",
    "model_type": "må være en tabell",
    "too_short": "må ha minst ett innslag",
    "greater_than": "må være større enn {gt}",
    "greater_than_equal": "må være minst {ge}",
    "less_than_equal": "kan ikke være over {le}",
    "string_too_short": "kan ikke være tom",
    "string_too_long": "kan ikke ha over {max_length} tegn",
    "string_pattern_mismatch": "har ikke riktig form (mønster {pattern})",
    "datetime_type": "må være et tidspunkt",
    "datetime_parsing": "må være et tidspunkt",
    "datetime_from_date_parsing": "må være et tidspunkt",
}
_ENUMERATED = re.compile(r"<\w+\.\w+: ('[^']*')>")


def in_norwegian(error: Mapping[str, Any]) -> str:
    """What one of pydantic's `errors()` says; a validator of ours has said it itself."""
    if error["type"] in {"enum", "literal_error"}:
        values = _ENUMERATED.sub(r"\1", error["ctx"]["expected"])
        return f"må være en av {values.replace(' or ', ' eller ')}"
    known = _NORWEGIAN.get(error["type"])
    return known.format(**error.get("ctx", {})) if known else str(error["msg"]).removeprefix("Value error, ")


def dotted(at: Place) -> str:
    """`at` as people write it: `sender[1].id`, counted from 1."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in at).lstrip(".")
