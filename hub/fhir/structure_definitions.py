"""A published StructureDefinition as a profile of ours: its differential, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.fhir.loose import Loose
from hub.fhir.rules import Binding, Profile, Row, Rulebook, Slicing, Strength

_STRENGTHS: dict[str, Strength] = {
    "required": "required",
    "extensible": "extensible",
    "preferred": "preferred",
    "example": "example",
}
_PRIMITIVE_VALUES = re.compile(r"(?:fixed|pattern)(Uri|Url|Code|String|Canonical|Id|Oid|Markdown|Boolean|Integer)")


def profile_of(definition: Loose, known: Rulebook) -> tuple[Profile, tuple[str, ...]]:
    """The profile that `definition` describes, and what of it can't be read, in Norwegian.

    Where our own tables have a profile of the same address, its rule ids begin in the same way and its advice is
    used for the same demand.
    """
    url = definition.first("url") or ""
    own = known.profiles.get(url)
    advice = {row.path: row.advice for row in own.rows} if own else {}
    view = "differential" if "differential" in definition.children else "snapshot"
    elements = list(definition.all(f"{view}.element"))
    rows = [row for e in elements if (row := _row(e, advice)) is not None]
    profile = Profile(
        url,
        own.name if own else _name(definition),
        definition.first("type") or "",
        tuple(row for row in rows if row != Row(row.path, advice=row.advice)),
        base=definition.first("baseDefinition"),
        invariants=tuple(dict.fromkeys(k for e in elements for k in e.texts("constraint.key")))
        if view[0] == "d"
        else (),
        title=definition.first("title") or definition.first("name") or "",
    )
    return profile, tuple(text for e in elements for text in _unread(e))


def _name(definition: Loose) -> str:
    name = definition.first("name") or definition.first("id") or "profil"
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _row(element: Loose, advice: dict[str, str | None]) -> Row | None:
    path = _path(element)
    if path is None:
        return None
    most = element.first("max")
    least = element.first("min")
    targets = {_resource_of(t) for t in element.texts("type.targetProfile")}
    return Row(
        path,
        least=int(least) if least and int(least) else None,
        most=int(most) if most and most != "*" else None,
        types=tuple(t for t in element.texts("type.code") if t[0] != "h"),
        targets=tuple(sorted(targets - {"Resource"})) if "Resource" not in targets else (),
        profiles=element.texts("type.profile"),
        binding=_binding(element),
        fixed=_value(element, "fixed"),
        pattern=_value(element, "pattern"),
        slicing=_slicing(element),
        advice=advice.get(path),
    )


def _path(element: Loose) -> str | None:
    told = element.first("id") or ""
    if "." not in told:
        told = element.first("path") or ""
    _, _, below = told.partition(".")
    return below or None


def _binding(element: Loose) -> Binding | None:
    strength = _STRENGTHS.get(element.first("binding.strength") or "")
    values = (element.first("binding.valueSet") or "").partition("|")[0]
    return Binding(strength, values) if strength and values else None


def _value(element: Loose, start: str) -> str | None:
    for name, values in element.children.items():
        if name.startswith(start) and _PRIMITIVE_VALUES.fullmatch(name):
            return values[0].text
    return None


def _slicing(element: Loose) -> Slicing | None:
    if "slicing" not in element.children:
        return None
    by = element.texts("slicing.discriminator.path")
    return Slicing(by, closed=element.first("slicing.rules") == "closed")


def _resource_of(url: str) -> str:
    name = url.rpartition("/")[2]
    return re.sub(r"^(?:vkp-|no-basis-|digital-)+|-v\d+$", "", name)


def _unread(element: Loose) -> Iterator[str]:
    for name in element.children:
        if re.match(r"(fixed|pattern)[A-Z]", name) and not _PRIMITIVE_VALUES.fullmatch(name):
            yield f"{name} på {_path(element)} kan ikke leses her; kravet sjekkes ikke"
