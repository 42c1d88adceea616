"""Reads R4's element tables (`hub.fhir.r4`) into `Element` values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from hub.fhir.r4 import datatypes, documents, events, parties

_PRIMITIVES = """
    base64Binary boolean canonical code date dateTime decimal id instant integer markdown oid positiveInt string time
    unsignedInt uri url uuid
"""
_EXTENSION_TYPES = """
    Address Age Annotation Attachment CodeableConcept Coding ContactDetail ContactPoint Count Distance Dosage Duration
    HumanName Identifier Meta Money Period Quantity Range Ratio Reference SampledData Signature Timing
"""
PRIMITIVES = frozenset({*_PRIMITIVES.split(), "xhtml"})
#: What an extension's value may be.
EXTENSION_VALUES = tuple(f"{_PRIMITIVES} {_EXTENSION_TYPES}".split())

_TYPE = re.compile(r"([A-Za-z0-9]+|#\w+|\*)(?:\(([^)]*)\)|\{([^}]*)\})?")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of R4: how many, which types, and for groups of elements its children.

    `name` ends in `[x]` where the type is part of the name in JSON. `same_as` names a sibling group whose
    children it shares. `targets` is what a Reference may point to, empty for anything.
    """

    name: str
    least: int
    most: int
    types: tuple[str, ...] = ()
    targets: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    is_time: bool = False
    is_patient: bool = False
    same_as: str = ""
    children: tuple[Element, ...] = field(default=())

    @property
    def is_choice(self) -> bool:
        """Whether the element's name in JSON ends with its type."""
        return self.name.endswith("[x]")


def is_resource(name: str) -> bool:
    """Whether `name` is a resource with a table here."""
    return name in RESOURCES


@cache
def elements_of(type_name: str) -> tuple[Element, ...]:
    """The elements of an R4 type: those of its table, and those that every type or resource has.

    Raises KeyError for a type without a table.
    """
    if type_name in RESOURCES:
        return _parsed(_RESOURCE_HEAD + RESOURCES[type_name])
    table = datatypes.TABLES[datatypes.LIKE.get(type_name, type_name)]
    return _parsed(_ELEMENT_HEAD + table)


RESOURCES: dict[str, str] = {**events.TABLES, **parties.TABLES, **documents.TABLES}
TYPES = frozenset({*datatypes.TABLES, *datatypes.LIKE})

_ELEMENT_HEAD = """
    id         0..1  string
    extension  0..*  Extension
"""
_GROUP_HEAD = f"{_ELEMENT_HEAD}    modifierExtension  0..*  Extension\n"
_RESOURCE_HEAD = """
    id                 0..1  id
    meta               0..1  Meta
    implicitRules      0..1  uri
    language           0..1  code
    text               0..1  Narrative
    contained          0..*  Contained
    extension          0..*  Extension
    modifierExtension  0..*  Extension
"""


def _parsed(table: str) -> tuple[Element, ...]:
    lines = [line.split(maxsplit=2) for line in re.sub(r"\n\s*\+ ", " ", table).splitlines() if line.strip()]
    return _group([(parts[0].split("."), parts[1], parts[2] if len(parts) > 2 else "") for parts in lines])


def _group(rows: list[tuple[list[str], str, str]]) -> tuple[Element, ...]:
    heads = [row for row in rows if len(row[0]) == 1]
    below = {path[0]: [(p[1:], c, t) for p, c, t in rows if p[0] == path[0] and len(p) > 1] for path, _, _ in heads}
    return tuple(_element(path[0], count, text, below[path[0]]) for path, count, text in heads)


def _element(name: str, count: str, text: str, below: list[tuple[list[str], str, str]]) -> Element:
    least, most = count.split("..")
    uses = _TYPE.findall(re.sub(r"@\w+", "", text))
    names = tuple(use[0] for use in uses if not use[0].startswith("#"))
    return Element(
        name,
        int(least),
        -1 if most == "*" else int(most),
        EXTENSION_VALUES if names == ("*",) else names,
        frozenset(t for use in uses for t in use[1].split()),
        frozenset(c for use in uses for c in use[2].split()),
        is_time="@time" in text,
        is_patient="@patient" in text,
        same_as=next((use[0][1:] for use in uses if use[0].startswith("#")), ""),
        children=() if uses else (*_parsed(_GROUP_HEAD), *_group(below)),
    )
