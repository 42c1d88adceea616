"""JSON with slots: written once as a plain dict, filled in many times as text.

`Template({"at": SLOT, "code": JSON})` is filled with one text per slot, in the order in which they stand. A `SLOT`
takes text that needs no escaping in JSON (numbers, times, identifiers) or that `quoted` has made safe; a `JSON` takes
ready JSON.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

Json = dict[str, Any]

SLOT = "\ue000"
JSON = "\ue001"


class Template:
    """A JSON value with slots."""

    __slots__ = ("_format",)

    def __init__(self, shape: Any) -> None:
        text = orjson.dumps(shape).decode().replace("%", "%%")
        self._format = text.replace(f'"{JSON}"', "%s").replace(SLOT, "%s")

    def fill(self, *values: str) -> str:
        """The JSON text with `values` in its slots. TypeError when there are too few or too many."""
        return self._format % values


@lru_cache(maxsize=4096)
def quoted(text: str) -> str:
    """A text as it stands between the quotes of a JSON string."""
    return orjson.dumps(text).decode()[1:-1]


def written_out(value: Any) -> str:
    """A value as JSON text."""
    return orjson.dumps(value).decode()
