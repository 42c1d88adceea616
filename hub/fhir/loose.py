"""Reads FHIR XML and FHIR JSON into one loose form: every element a list, every primitive a text.

Enough to read conformance resources, which come in both. External entities and document types are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import orjson

_FHIR = "http://hl7.org/fhir"


@dataclass(slots=True)
class Loose:
    """An element: its children by name in order, or the text of its value."""

    kind: str = ""
    text: str | None = None
    children: dict[str, list[Loose]] = field(default_factory=dict)

    def all(self, path: str) -> Iterator[Loose]:
        """Every element at `path` (names with dots between)."""
        name, _, rest = path.partition(".")
        for child in self.children.get(name, ()):
            if rest:
                yield from child.all(rest)
            else:
                yield child

    def first(self, path: str) -> str | None:
        """The first text at `path`."""
        return next((c.text for c in self.all(path) if c.text is not None), None)

    def texts(self, path: str) -> tuple[str, ...]:
        """Every text at `path`."""
        return tuple(c.text for c in self.all(path) if c.text is not None)


class Unreadable(ValueError):
    """The file is no FHIR XML or JSON."""


def read(raw: bytes) -> Loose:
    """The resource in `raw`, XML or JSON. Raises Unreadable."""
    return _from_xml(raw) if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else _from_json(raw)


def _from_json(raw: bytes) -> Loose:
    try:
        value = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        raise Unreadable("ikke gyldig JSON") from None
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise Unreadable("ingen FHIR-ressurs")
    loose = _of(value)
    loose.kind = value["resourceType"]
    return loose


def _of(value: Any) -> Loose:
    if isinstance(value, dict):
        return Loose(children={k: [_of(v) for v in (v if isinstance(v, list) else [v])] for k, v in value.items()})
    if isinstance(value, bool):
        return Loose(text="true" if value else "false")
    return Loose(text=None if value is None else str(value))


def _from_xml(raw: bytes) -> Loose:
    reader = _XmlReader()
    try:
        reader.parser.Parse(raw, True)
    except expat.ExpatError:
        raise Unreadable("ikke gyldig XML") from None
    return reader.root.children[reader.kind][0]


class _XmlReader:
    """Builds the loose form while expat reads."""

    def __init__(self) -> None:
        self.root = Loose()
        self.kind = ""
        self._open = [self.root]
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if not self.kind and space != _FHIR:
            raise Unreadable("ingen FHIR-ressurs")
        element = Loose(kind=local, text=attributes.get("value"))
        for key in ("id", "url"):
            if key in attributes:
                element.children[key] = [Loose(text=attributes[key])]
        self._open[-1].children.setdefault(local, []).append(element)
        self._open.append(element)
        self.kind = self.kind or local

    def _end(self, name: str) -> None:
        self._open.pop()

    def _doctype(self, *declaration: object) -> None:
        raise Unreadable("dokumenttype er ikke tillatt")
