"""Reads and writes JSON so that every number keeps the text that it was written with.

A sender's `36.50` says something of its precision, and FHIR wants it kept. Use this, not `orjson.loads`, where
a resource is taken out of one document and put into another. It is slower than `orjson.loads`.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

_BOM = b"\xef\xbb\xbf"


class _Written(float):
    """A number that remembers how it was written. Compares and calculates as the number that it is."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> _Written:
        """The number in `text`, which must be a JSON number."""
        number = super().__new__(cls, text)
        number.text = text
        return number


class _WrittenInt(int):
    """An integer of any size, or with a sign on its zero, that remembers how it was written."""

    text: str

    def __new__(cls, text: str) -> _WrittenInt:
        """The integer in `text`."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def loads(raw: bytes | str) -> Any:
    """The JSON value in `raw` (UTF-8 where bytes); numbers keep their text for `dumps`.

    Raises ValueError on what is not JSON, NaN and infinities included.
    """
    text = raw.removeprefix(_BOM).decode("utf-8") if isinstance(raw, bytes) else raw
    return json.loads(text, parse_float=_Written, parse_int=_integer, parse_constant=_no_constant)


def dumps(value: Any) -> bytes:
    """`value` as compact UTF-8 JSON, with the numbers that came from `loads` written as they were."""
    return orjson.dumps(value, default=_as_written, option=orjson.OPT_PASSTHROUGH_SUBCLASS)


def dumps_readable(value: Any) -> bytes:
    """As `dumps`, indented by two for people to read."""
    return orjson.dumps(value, default=_as_written, option=orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_INDENT_2)


def _integer(text: str) -> int:
    return int(text) if len(text) < 19 and text != "-0" else _WrittenInt(text)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _as_written(value: object) -> Any:
    if isinstance(value, _Written | _WrittenInt):
        return orjson.Fragment(value.text.encode())
    if isinstance(value, dict):
        return dict(value)
    raise TypeError(f"not JSON: {type(value).__name__}")
