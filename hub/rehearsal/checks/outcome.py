"""What a check comes back with, before it is dated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.rehearsal.results import CaseResult, Said, Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """Sentences, and a result per case where there are cases."""

    said: tuple[Said, ...]
    cases: tuple[CaseResult, ...] = ()

    def verdict_over(self, parts: Sequence[Verdict]) -> Verdict:
        """The worst of `parts`, in the order failed, a person's, passed; skipped only when nothing else is."""
        for verdict in (Verdict.FAILED, Verdict.PERSON, Verdict.PASSED):
            if verdict in parts:
                return verdict
        return Verdict.SKIPPED
