"""Compares one telling of a profile with another: which demands only one of them has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from hub.fhir.rules import Profile, Row


@dataclass(frozen=True, slots=True)
class Difference:
    """A demand on `path` that only `side` makes: of what kind, and what it says."""

    path: str
    kind: str
    side: Literal["own", "published"]
    text: str


def differences(own: Profile, published: Profile) -> tuple[Difference, ...]:
    """What `own` and `published` demand differently. Advice, titles and NHN's guide are not demands."""
    ours, theirs = set(_demands(own)), set(_demands(published))
    only_ours = (Difference(*demand[:2], "own", demand[2]) for demand in ours - theirs)
    only_theirs = (Difference(*demand[:2], "published", demand[2]) for demand in theirs - ours)
    return tuple(sorted((*only_ours, *only_theirs), key=lambda d: (d.path, d.kind, d.side)))


def _demands(profile: Profile) -> Iterator[tuple[str, str, str]]:
    yield "", "type", profile.type
    for row in profile.rows:
        for kind, text in _of(row):
            yield row.path, kind, text
    for name in profile.invariants:
        if not name.startswith("guide-"):
            yield "", "invariant", name


def _of(row: Row) -> Iterator[tuple[str, str]]:
    if row.least:
        yield "least", str(row.least)
    if row.most is not None and row.most >= 0:
        yield "most", str(row.most)
    if row.types:
        yield "types", " ".join(sorted(row.types))
    if row.targets:
        yield "targets", " ".join(sorted(row.targets))
    for url in row.profiles:
        yield "profile", url
    if row.binding:
        yield "binding", f"{row.binding.strength} {row.binding.value_set}"
    if row.fixed is not None or row.pattern is not None:
        yield "value", row.fixed or row.pattern or ""
    if row.slicing:
        yield "slicing", f"{' '.join(row.slicing.by)} {'closed' if row.slicing.closed else 'open'}"
