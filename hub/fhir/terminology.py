"""Published ValueSets and CodeSystems as the sets of codes that they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hub.fhir.codes import SYSTEMS
from hub.fhir.loose import Loose
from hub.fhir.rules import ValueSet

_Systems = dict[str, frozenset[str] | None]


def value_sets_of(
    value_sets: Sequence[Loose], code_systems: Sequence[Loose]
) -> tuple[dict[str, ValueSet], list[tuple[str, str]]]:
    """The value sets by address, and what of them can't be told, in Norwegian.

    A system whose codes are nowhere told, or are chosen by a filter, is taken whole: any code of it belongs.
    """
    systems = {s: frozenset(table) for s, table in SYSTEMS.items() if "ehelse.no" in s}
    systems |= {c.first("url") or "": frozenset(_codes(c)) for c in code_systems if "concept" in c.children}
    by_url = {url: v for v in value_sets if (url := v.first("url"))}
    remarks: list[tuple[str, str]] = []
    sets = {url: ValueSet(url, _members(v, by_url, systems, remarks, (url,))) for url, v in by_url.items()}
    return sets, remarks


def _codes(holder: Loose) -> Iterator[str]:
    for concept in holder.all("concept"):
        yield from concept.texts("code")
        yield from _codes(concept)


def _members(
    value_set: Loose,
    by_url: Mapping[str, Loose],
    systems: Mapping[str, frozenset[str]],
    remarks: list[tuple[str, str]],
    line: tuple[str, ...],
) -> _Systems:
    members: _Systems = {}
    for include in value_set.all("compose.include"):
        if system := include.first("system"):
            _join(members, {system: _chosen(include, system, systems, remarks, line[0])})
        for url in include.texts("valueSet"):
            if url in by_url and url not in line:
                _join(members, _members(by_url[url], by_url, systems, remarks, (*line, url)))
            else:
                remarks.append((line[0], f"verdisettet {url} er ikke publisert; det er ikke regnet med"))
    for exclude in value_set.all("compose.exclude"):
        system, codes = exclude.first("system") or "", frozenset(exclude.texts("concept.code"))
        if (kept := members.get(system)) is not None:
            members[system] = kept - codes if codes else frozenset()
    return members


def _chosen(
    include: Loose, system: str, systems: Mapping[str, frozenset[str]], remarks: list[tuple[str, str]], url: str
) -> frozenset[str] | None:
    if codes := include.texts("concept.code"):
        return frozenset(codes)
    if "filter" in include.children:
        remarks.append((url, f"filteret på {system} kan ikke leses her; alle koder i kodeverket godtas"))
        return None
    return systems.get(system)


def _join(members: _Systems, more: _Systems) -> None:
    for system, codes in more.items():
        if system not in members:
            members[system] = codes
            continue
        held = members[system]
        members[system] = None if held is None or codes is None else held | codes
