"""Reads a message as the hub would, and tells more of it: the line of each finding, what JFT would say, a patch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.fhir import verbatim
from hub.fhir.checking import Checker, built_in
from hub.fhir.drafts import Level, Mode
from hub.fhir.fixing import Operation, fix
from hub.fhir.kinds import KINDS
from hub.fhir.parsing import JFT_TYPES, WRITTEN_TYPES, parse
from hub.fhir.paths import place_of
from hub.fhir.positions import Position, Positions
from hub.fhir.resource_names import RESOURCE_NAMES
from hub.fhir.second_opinion import second_opinion
from hub.model.errors import RejectedMessage
from hub.model.finding import Finding

_WHERE = re.compile(r"linje (\d+), kolonne (\d+)")
_FIRST = Position(1, 1)


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding and where in the file it stands."""

    finding: Finding
    position: Position


@dataclass(frozen=True, slots=True)
class Report:
    """All that the linter has to say of one file.

    `remarks` are at level `target`. `blockers` are what makes JFT refuse what VKP takes; `patch` puts right what can
    be, `fixed` is the message with it (None where there is nothing to fix), and `left` what JFT would still refuse.
    """

    source: str
    target: Level
    resource_type: str | None
    remarks: tuple[Remark, ...]
    passes_vkp: bool
    passes_jft: bool
    blockers: tuple[Remark, ...] = ()
    patch: tuple[Operation, ...] = ()
    fixed: bytes | None = None
    left: tuple[Finding, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether the target would take the message."""
        return self.passes_jft if self.target == "jft" else self.passes_vkp

    @property
    def passes_fixed(self) -> bool:
        """Whether the target would take the message with the patch applied."""
        return self.passes or (self.target == "jft" and self.fixed is not None and not self.left)


@dataclass(frozen=True, slots=True)
class Linter:
    """How to lint: for which target, at which time, in which mode, by whose rules, and whom else to ask."""

    target: Level
    now: datetime
    mode: Mode
    checker: Checker | None = None
    ask_others: bool = False

    def lint(self, raw: bytes, source: str) -> Report:
        """The report on the message in `raw`, which came from `source` (a file's name)."""
        try:
            resource = parse(raw, allowed=RESOURCE_NAMES)
        except RejectedMessage as rejected:
            remarks = tuple(Remark(f, _told(f)) for f in rejected.findings)
            return Report(source, self.target, None, remarks, passes_vkp=False, passes_jft=False)
        return self._read(raw, source, resource)

    def _read(self, raw: bytes, source: str, resource: dict[str, Any]) -> Report:
        written = verbatim.loads(raw)
        positions = Positions(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
        found = {level: (*self._check(written, level), *_repeated(positions, level)) for level in _LEVELS}
        own = (*found[self.target], *_not_alone(resource["resourceType"], self.target))
        own += second_opinion(resource) if self.ask_others else ()
        refused = [f for f in found["jft"] if f.is_error]
        passes_vkp = not any(f.is_error for f in found["vkp"])
        fixes = fix(written, lambda value: self._check(value, "jft")) if refused else None
        return Report(
            source,
            self.target,
            resource["resourceType"],
            _placed(own, written, positions),
            passes_vkp=passes_vkp,
            passes_jft=not refused,
            blockers=_placed(refused, written, positions) if passes_vkp else (),
            patch=fixes.operations if fixes else (),
            fixed=_rewritten(fixes.resource, raw) if fixes and fixes.operations else None,
            left=tuple(f for f in fixes.left if f.is_error) if fixes else (),
        )

    def _check(self, resource: Any, level: Level) -> tuple[Finding, ...]:
        checker = self.checker or built_in()
        return checker.check(resource, level=level, now=self.now, mode=self.mode)


_LEVELS: tuple[Level, Level] = ("vkp", "jft")
_TAKEN: dict[Level, frozenset[str]] = {"vkp": WRITTEN_TYPES, "jft": JFT_TYPES}


def _not_alone(resource_type: str, target: Level) -> tuple[Finding, ...]:
    """A warning on a resource that may be sound, yet has no address of its own to be sent to."""
    taken = _TAKEN[target]
    if resource_type in taken:
        return ()
    names = ", ".join(sorted(taken))
    advice = (
        f"{target.upper()} tar ikke imot {resource_type} alene. Legg den i en Bundle, om den hører til en hendelse."
    )
    return (Finding("warning", "$this", "resource-not-alone", advice, found=resource_type, expected=names),)


def _placed(findings: Sequence[Finding], resource: Any, positions: Positions) -> tuple[Remark, ...]:
    return tuple(Remark(f, positions.of(place_of(resource, f.path))) for f in findings)


def _told(finding: Finding) -> Position:
    where = _WHERE.search(finding.advice)
    return Position(int(where[1]), int(where[2])) if where else _FIRST


def _repeated(positions: Positions, level: Level) -> tuple[Finding, ...]:
    kind = KINDS["repeated-name"]
    severity = kind.vkp if level == "vkp" else kind.jft
    if not positions.repeated:
        return ()
    first = positions.of(positions.repeated[0])
    advice = f"{kind.advice} Den første gjentakelsen er på linje {first.line}."
    return (
        Finding(
            severity,
            "$this",
            "json-name-repeated",
            advice,
            found=kind.found,
            expected=kind.expected,
            issue_type=kind.issue_type,
        ),
    )


def _rewritten(resource: Any, raw: bytes) -> bytes:
    return verbatim.dumps_readable(resource) + b"\n" if b"\n" in raw.strip() else verbatim.dumps(resource)
