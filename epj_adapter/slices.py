"""Cuts a JSON text into its members and items without rewriting any of it.

A sender's resource goes on exactly as it was written, down to the digits of a number and the escapes of a text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from json.scanner import c_make_scanner, py_make_scanner  # type: ignore[attr-defined]  # the C one is not in typeshed

_BOM = b"\xef\xbb\xbf"
_space = re.compile(r"[ \t\n\r]*").match


@dataclass(frozen=True, slots=True)
class Slice:
    """A JSON value: the text that it was written with, and the value with each number as a tuple of its text."""

    text: str
    value: object

    @property
    def raw(self) -> bytes:
        """The text as UTF-8."""
        return self.text.encode()


def _number(text: str) -> tuple[str]:
    return (text,)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_float=_number, parse_int=_number, parse_constant=_no_constant)
_scan = (c_make_scanner or py_make_scanner)(_decoder)


def whole(raw: bytes) -> Slice:
    """The JSON value in `raw`. Raises ValueError on what is not JSON in UTF-8, or is nested too deep."""
    text = raw.removeprefix(_BOM).decode("utf-8").strip(" \t\n\r")
    try:
        return Slice(text, _decoder.decode(text))
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def members(json_object: Slice) -> dict[str, Slice]:
    """The members of a JSON object, in order; of a name that stands twice the last. Of another value none."""
    if not isinstance(json_object.value, dict):
        return {}
    found = {}
    for name_at, end in _parts(json_object.text):
        name, colon = json.decoder.scanstring(json_object.text, name_at + 1, True)  # type: ignore[attr-defined]
        start = _after(json_object.text, _after(json_object.text, colon) + 1)
        found[name] = Slice(json_object.text[start:end], json_object.value[name])
    return found


def items(json_array: Slice) -> list[Slice]:
    """The items of a JSON array, in order; a lone object counts as an array of one, as lenient senders write it."""
    if isinstance(json_array.value, dict):
        return [json_array]
    if not isinstance(json_array.value, list):
        return []
    spans = _parts(json_array.text)
    return [Slice(json_array.text[a:b], value) for (a, b), value in zip(spans, json_array.value, strict=True)]


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Where each item (of an object: name, colon and value together) begins and its value ends."""
    is_object = text[0] == "{"
    at = _after(text, 1)
    while text[at] not in "}]":
        begin = at
        if is_object:
            _, at = json.decoder.scanstring(text, at + 1, True)  # type: ignore[attr-defined]
            at = _after(text, _after(text, at) + 1)
        _, end = _scan(text, at)
        yield begin, end
        at = _after(text, end)
        if text[at] == ",":
            at = _after(text, at + 1)


def _after(text: str, at: int) -> int:
    return _space(text, at).end()  # type: ignore[union-attr]  # the pattern matches the empty text
