"""Proposes what would make a message that VKP takes pass JFT too: a JSON Patch, and the message with it applied.

Only what can be put right without guessing is: empty values are taken away, a lone object is put in the list where
it belongs, and forms of writing are completed. No content is changed or lost.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from hub.fhir.codes import canonical_system
from hub.fhir.paths import Place, at, place_of, pointer
from hub.fhir.walking import blank
from hub.model.finding import Finding

_MOST_ROUNDS = 12
_NAMESPACE = ' xmlns="http://www.w3.org/1999/xhtml"'


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a JSON Patch (RFC 6902)."""

    op: Literal["remove", "replace"]
    place: Place
    value: Any = None

    def as_json(self) -> dict[str, Any]:
        """The step as the object that a patch document holds."""
        told = {"op": self.op, "path": pointer(self.place)}
        return told if self.op == "remove" else {**told, "value": self.value}


@dataclass(frozen=True, slots=True)
class Fix:
    """The steps, in order, what the message is after them, and the findings that they leave."""

    operations: tuple[Operation, ...]
    resource: Any
    left: tuple[Finding, ...]


def fix(resource: Any, check: Callable[[Any], Iterable[Finding]]) -> Fix:
    """What can be put right in `resource` so that `check` finds less. `resource` itself is left as it was."""
    fixed = copy.deepcopy(resource)
    done: list[Operation] = []
    findings = tuple(check(fixed))
    for _ in range(_MOST_ROUNDS):
        steps = list(_steps(fixed, findings))
        if not steps:
            break
        for step in steps:
            _apply(fixed, step)
        done += steps
        findings = tuple(check(fixed))
    return Fix(tuple(done), fixed, findings)


def _steps(resource: Any, findings: Iterable[Finding]) -> Iterator[Operation]:
    """The next steps, the last place first, so that no step moves what a later one speaks of."""
    found = {step.place: step for f in findings if (step := _step(resource, f)) and step.place}
    whole = [p for p in found if not any(p[:n] in found for n in range(len(p)))]
    yield from (found[p] for p in sorted(whole, key=_order, reverse=True))


def _order(place: Place) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in place)


def _step(resource: Any, finding: Finding) -> Operation | None:
    place = place_of(resource, finding.path)
    value = at(resource, place)
    if finding.rule == "r4-empty":
        return Operation("remove", place) if blank(value) else None
    make = _REPLACED.get(finding.rule)
    made = make(value) if make else None
    return None if made is None or made == value else Operation("replace", place, made)


def _as_list(value: Any) -> Any:
    return None if isinstance(value, list) else [value]


def _with_namespace(value: Any) -> Any:
    return re.sub(r"<div\b", f"<div{_NAMESPACE}", value, count=1) if isinstance(value, str) else None


def _with_seconds(value: Any) -> Any:
    return re.sub(r"(T\d\d:\d\d)(?!:)", r"\1:00", value) if isinstance(value, str) else None


def _code_system(value: Any) -> Any:
    return canonical_system(value) if isinstance(value, str) else None


_REPLACED: dict[str, Callable[[Any], Any]] = {
    "r4-list-expected": _as_list,
    "r4-txt-1-namespace": _with_namespace,
    "time-without-seconds": _with_seconds,
    "vkp-code-system-address": _code_system,
}


def _apply(resource: Any, step: Operation) -> None:
    holder, last = at(resource, step.place[:-1]), step.place[-1]
    if step.op == "remove":
        del holder[last]
    else:
        holder[last] = copy.deepcopy(step.value)  # a later step must not change what this one says
