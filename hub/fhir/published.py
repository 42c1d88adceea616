"""Reads published conformance resources from a folder or a FHIR package, and makes a rulebook of them.

What they say is held against messages in the same way as our own tables. What can't be checked is listed, never
passed over in silence.
"""

from __future__ import annotations

import errno
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.fhir import invariants, profiles
from hub.fhir.elements import TYPES, is_resource
from hub.fhir.loose import Loose, Unreadable, read
from hub.fhir.rules import Profile, Rulebook
from hub.fhir.shapes import base_shape, lay
from hub.fhir.structure_definitions import profile_of
from hub.fhir.terminology import value_sets_of

_MOST_BYTES = 20_000_000
_RESOURCES = (".xml", ".json")


@dataclass(frozen=True, slots=True)
class Published:
    """What was read: the rulebook, how many of each kind, and what could not be used, file or profile by reason."""

    rulebook: Rulebook
    profiles: tuple[Profile, ...]
    value_sets: int
    code_systems: int
    remarks: tuple[tuple[str, str], ...]


def load(source: Path) -> Published:
    """The conformance resources in `source`: a folder (searched through), a package (`.tgz`), or one resource's file.

    They take the place of our own tables with the same address; the rest of ours stay. Raises OSError.
    """
    remarks: list[tuple[str, str]] = []
    found: dict[str, list[Loose]] = {}
    for name, raw in _files(source):
        try:
            resource = read(raw)
        except Unreadable as unreadable:
            remarks.append((name, str(unreadable)))
            continue
        found.setdefault(resource.kind, []).append(resource)
    return _published(found, remarks)


def _published(found: Mapping[str, list[Loose]], remarks: list[tuple[str, str]]) -> Published:
    read_profiles = []
    for resource in found.get("StructureDefinition", ()):
        profile, unused = profile_of(resource, profiles.BUILT_IN)
        remarks += [(profile.url, text) for text in unused]
        read_profiles.append(profile)
    sets, unused_sets = value_sets_of(found.get("ValueSet", []), found.get("CodeSystem", []))
    rulebook = Rulebook(
        profiles={**profiles.BUILT_IN.profiles, **{p.url: _with_guide(p) for p in read_profiles}},
        defaults=profiles.BUILT_IN.defaults,
        value_sets={**profiles.BUILT_IN.value_sets, **sets},
    )
    remarks += unused_sets
    remarks += [remark for profile in read_profiles for remark in _unusable(profile, rulebook)]
    counts = len(found.get("ValueSet", ())), len(found.get("CodeSystem", ()))
    return Published(rulebook, tuple(read_profiles), *counts, tuple(dict.fromkeys(remarks)))


def _with_guide(profile: Profile) -> Profile:
    """The profile with what our own table has of NHN's guide, which no published profile holds."""
    own = profiles.BUILT_IN.profiles.get(profile.url)
    guide = tuple(name for name in own.invariants if name.startswith("guide-")) if own else ()
    if not guide:
        return profile
    from dataclasses import replace

    return replace(profile, invariants=(*profile.invariants, *guide))


def _unusable(profile: Profile, rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    if not is_resource(profile.type) and profile.type not in TYPES:
        yield profile.url, f"typen {profile.type} er ikke kjent her; profilen sjekkes ikke"
        return
    for path in lay(profile, base_shape(profile.type), rulebook):
        yield profile.url, f"R4 har ikke elementet {path}; kravet sjekkes ikke"
    for row in profile.rows:
        if row.binding and row.binding.strength == "required" and row.binding.value_set not in rulebook.value_sets:
            yield profile.url, f"verdisettet {row.binding.value_set} er ikke publisert; {row.path} sjekkes ikke mot det"
    for name in profile.invariants:
        if name not in invariants.NAMED:
            yield profile.url, f"regelen {name} kan ikke leses her; den sjekkes ikke"


def _files(source: Path) -> Iterator[tuple[str, bytes]]:
    if source.is_dir():
        for path in sorted(p for p in source.rglob("*") if p.suffix in _RESOURCES and p.is_file()):
            yield str(path.relative_to(source)), path.read_bytes()
    elif source.suffix in _RESOURCES:
        yield source.name, source.read_bytes()
    else:
        yield from _packed(source)


def _packed(source: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(source) as package:
            for member in package:
                held = package.extractfile(member) if member.isfile() and member.size < _MOST_BYTES else None
                if held and member.name.endswith(_RESOURCES) and "/." not in member.name:
                    yield member.name, held.read()
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise OSError(errno.EINVAL, "ingen hel FHIR-pakke (.tgz)") from error
