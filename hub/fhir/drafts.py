"""What a check saw, before it is known where in the message it stands and how strictly the level takes it.

A `Draft` travels up from the element where it was seen; everyone on the way puts his own step before its path.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

from hub.fhir.kinds import KINDS
from hub.model.finding import Finding
from hub.model.person import without_identity_numbers

Level = Literal["vkp", "jft"]
Mode = Literal["test", "production"]


class Draft:
    """One remark on its way up: kind (of KINDS), rule id, path so far, what was found and expected, own advice.

    `element` is the name in JSON of the innermost element, for the advice.
    """

    __slots__ = ("advice", "element", "expected", "found", "kind", "path", "rule")

    def __init__(
        self,
        kind: str,
        rule: str,
        *,
        path: str = "",
        found: str | None = None,
        expected: str | None = None,
        advice: str | None = None,
    ) -> None:
        self.kind, self.rule, self.path = kind, rule, path
        self.found, self.expected, self.advice = found, expected, advice
        self.element = path.rpartition(".")[2]

    def finding(self, root: str, level: Level) -> Finding:
        """The draft as a finding at `level`, in the resource named `root`."""
        kind = KINDS[self.kind]
        path = root + self.path
        element = self.element or root
        return Finding(
            kind.vkp if level == "vkp" else kind.jft,
            path,
            self.rule,
            self.advice or kind.advice.format(element=element),
            found=self.found or kind.found.format(element=element),
            expected=self.expected or kind.expected.format(element=element),
            issue_type=kind.issue_type,
            outcome_code=kind.outcome_code,
        )


Drafts = list[Draft] | None


class Context:
    """What a walk through one message needs to know: the time, the mode, and what can be referred to.

    `full_urls` maps the addresses of a Bundle's entries to their types, None outside a document; `local` holds the
    ids of contained resources. `old` is set once an old time has been remarked on.
    """

    __slots__ = ("earliest", "full_urls", "latest", "local", "mode", "old", "old_before")

    def __init__(self, now: datetime, mode: Mode) -> None:
        self.mode = mode
        self.latest = now + timedelta(days=1)
        self.earliest = datetime(2000, 1, 1, tzinfo=now.tzinfo)
        self.old_before = now - timedelta(days=30)
        self.old = False
        self.full_urls: dict[str, str] | None = None
        self.local: frozenset[str] = frozenset()


Check = Callable[[Any, Context], Drafts]

_CODE_LIKE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#|\-\[\]{}%]{0,60}")


def shown(value: object) -> str:
    """`value` short enough to show, and only where it looks like a code or an address: never free text."""
    if isinstance(value, str):
        if _CODE_LIKE.fullmatch(value) and without_identity_numbers(value) == value:
            return value
        return f"tekst på {len(value)} tegn"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _TYPE_NAMES.get(type(value), "tall")


def mistyped(value: object, expected: str) -> Draft:
    """The remark on a value of the wrong type; null counts as nothing at all."""
    if value is None:
        return Draft("empty", "r4-empty")
    return Draft("wrong-type", "r4-wrong-type", found=shown(value), expected=expected)


_TYPE_NAMES: dict[type, str] = {dict: "objekt", list: "liste", type(None): "null"}
