"""Codes that contradict the text beside them.

A text contradicts its code when it holds the whole name of another code of the same system, and no name that is
as long of the code itself or of one above or below it. Nothing is said of texts that hold no name at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from hub.fhir import codes, measurement_codes
from hub.fhir.drafts import Context, Draft, Drafts

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of a system: which codes each means, and one expression that finds them as whole words."""

    codes: dict[str, frozenset[str]]
    find: re.Pattern[str]


_NONE: frozenset[str] = frozenset()


def contradicted(system: str, code: str, text: str) -> str | None:
    """The name in `text` of another code than `code`, or None where text and code don't contradict each other."""
    names = _names(codes.canonical_system(system))
    if names is None or code not in codes.SYSTEMS[codes.canonical_system(system)]:
        return None
    found = {name for name in _held(text, names) if name in names.codes}
    longest = max(map(_words, found), default=0)
    foremost = {name for name in found if _words(name) == longest}
    if not foremost or any(_related(code, other) for name in foremost for other in names.codes[name]):
        return None
    name = min(foremost)
    own = codes.name_of(system, code) or ""
    return None if set(_WORD.findall(name)) <= set(_WORD.findall(own.lower())) else name


def concept(value: Any, context: Context) -> Drafts:
    """A check of a CodeableConcept: its text and displays against its codes."""
    codings = value.get("coding")
    if type(codings) is not list:
        return None
    text = value.get("text")
    drafts: list[Draft] = []
    for index, coding in enumerate(codings):
        if type(coding) is not dict:
            continue
        if (draft := _of_coding(coding, text)) is not None:
            drafts.append(draft)
        if (draft := _of_coding(coding, coding.get("display"))) is not None:
            draft.path = f".coding[{index}].display"
            drafts.append(draft)
    return drafts or None


def _of_coding(coding: dict[str, Any], text: Any) -> Draft | None:
    system, code = coding.get("system"), coding.get("code")
    if type(text) is not str or type(system) is not str or type(code) is not str or len(text) > 200:
        return None
    if text in _own_names(system, code):
        return None
    other = contradicted(system, code, text)
    if other is None:
        return None
    own = codes.name_of(system, code)
    advice = f"Koden {code} betyr «{own}», men teksten sier «{other}». Rett den som er feil."
    return Draft(
        "contradiction", "code-contradicts-text", path=".text", found=f"{code} {own}", expected=other, advice=advice
    )


@cache
def _names(system: str) -> _Names | None:
    table = codes.SYSTEMS.get(system)
    if table is None:
        return None
    meant: dict[str, set[str]] = {}
    for names in (table, measurement_codes.ENGLISH.get(system, {})):
        for code, name in names.items():
            if key := _plain(name):
                meant.setdefault(key, set()).add(code)
    longest_first = sorted(meant, key=len, reverse=True)
    found = (
        re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)") if meant else re.compile("$^")
    )
    return _Names({name: frozenset(c) for name, c in meant.items()}, found)


def _own_names(system: str, code: str) -> frozenset[str]:
    return _written().get((system, code), _NONE)


@cache
def _written() -> dict[tuple[str, str], frozenset[str]]:
    """The ways that a code's own name is written, so that the common case is one look-up."""
    tables = [*codes.SYSTEMS.items(), *measurement_codes.ENGLISH.items()]
    found: dict[tuple[str, str], set[str]] = {}
    for system, table in tables:
        for code, name in table.items():
            found.setdefault((system, code), set()).update((name, name.lower(), name.capitalize(), name.title()))
    return {key: frozenset(names) for key, names in found.items()}


def _held(text: str, names: _Names) -> Iterator[str]:
    yield from names.find.findall(_plain(text))


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def _words(name: str) -> int:
    return name.count(" ") + 1


def _related(code: str, other: str) -> bool:
    return code == other or code.startswith(f"{other}.") or other.startswith(f"{code}.")
