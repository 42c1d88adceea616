"""What a profile says, as values: rows of demands on elements, bindings, slices and the profile that holds them.

Our own tables (`hub.fhir.profiles`) and published conformance resources (`hub.fhir.published`) both become these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Strength = Literal["required", "extensible", "preferred", "example"]


@dataclass(frozen=True, slots=True)
class ValueSet:
    """Which codes belong: by system, the codes, or None where every code of the system does."""

    url: str
    systems: Mapping[str, frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class Binding:
    """The value set that an element's code must come from, and how strictly. `value_set` is its address."""

    strength: Strength
    value_set: str


@dataclass(frozen=True, slots=True)
class Slicing:
    """How a list is divided: by which child elements (`$this` for itself), and whether others may come too."""

    by: tuple[str, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Demands on one element: what is left out is not demanded.

    `path` is the element's below its type, with slices after a colon (`subject.identifier:FNR.system`). `least`
    and `most` count (most -1 is no limit); `types` narrows; `profiles` are addresses that the value must meet;
    `fixed` is the only value, `pattern` the least. `advice` says in Norwegian what to do.
    """

    path: str
    least: int | None = None
    most: int | None = None
    types: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    binding: Binding | None = None
    fixed: str | None = None
    pattern: str | None = None
    slicing: Slicing | None = None
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of demands on a type. `base` is the address of what it builds on, `invariants` are rule ids.

    `name` begins every rule id that comes from it. `origin` is how strictly it is held: a `national` profile's
    demands are errors, those of an `underlying` one (R4's vital signs) are errors only for JFT.
    """

    url: str
    name: str
    type: str
    rows: tuple[Row, ...]
    base: str | None = None
    invariants: tuple[str, ...] = ()
    origin: Literal["national", "underlying"] = "national"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything to check against: profiles by address, which is meant when none is named, and value sets."""

    profiles: Mapping[str, Profile]
    defaults: Mapping[str, str]
    value_sets: Mapping[str, ValueSet]


def required(value_set: str) -> Binding:
    """A binding that a code must come from."""
    return Binding("required", value_set)


def extensible(value_set: str) -> Binding:
    """A binding that a code should come from where one there fits."""
    return Binding("extensible", value_set)
