"""Whether a municipality is ready, and what stands in the way. Pure.

Ready means: every step is over, no deviation of grade A or B is open, every open C has a plan, and the decision is
to go. A rehearsal that nobody attended can be ready as a rehearsal only: `declared` counts what it made up.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.language import Text
from hub.rehearsal.progress import Progress, StepState
from hub.rehearsal.results import Verdict

#: The form in which it is decided, its field, and the answer that lets a municipality go.
DECISION_FORM, DECISION_FIELD, GO = "decision", "decision", "go"

_REASONS = {
    StepState.OPEN: Text(nb="er ikke gjort", en="is not done"),
    StepState.FAILED: Text(nb="er ikke bestått", en="has failed"),
    StepState.PERSON: Text(nb="må bekreftes av et menneske", en="must be confirmed by a person"),
}


@dataclass(frozen=True, slots=True)
class Readiness:
    """The summary: what blocks, how much is over, and how it came about."""

    blocking: tuple[Text, ...]
    over: int
    steps: int
    checked: int
    declared: int
    open_a: int
    open_b: int
    planned_c: int

    @property
    def is_ready(self) -> bool:
        """Whether nothing blocks."""
        return not self.blocking

    @property
    def is_rehearsal_only(self) -> bool:
        """Whether some steps were only declared by an unattended rehearsal."""
        return self.declared > 0


def readiness(progress: Progress) -> Readiness:
    """The summary of `progress`."""
    open_ones = [d for d in progress.deviations if not d.closed]
    return Readiness(
        blocking=tuple(_blocking(progress)),
        over=progress.over,
        steps=len(progress.steps),
        checked=sum(p.result is not None and p.result.verdict is Verdict.PASSED for p in progress.steps),
        declared=sum(p.is_declared for p in progress.steps),
        open_a=sum(d.grade == "A" for d in open_ones),
        open_b=sum(d.grade == "B" for d in open_ones),
        planned_c=sum(d.grade == "C" and not d.blocks for d in open_ones),
    )


def _blocking(progress: Progress) -> list[Text]:
    found = [
        Text(nb=f"«{p.step.title.nb}» {_REASONS[p.state].nb}.", en=f"“{p.step.title.en}” {_REASONS[p.state].en}.")
        for p in progress.steps
        if not p.state.is_over
    ]
    for deviation in progress.deviations:
        if deviation.blocks:
            what = Text(nb="må rettes", en="must be fixed")
            if deviation.grade == "C":
                what = Text(nb="mangler plan, ansvarlig eller frist", en="lacks a plan, somebody responsible or a date")
            found.append(
                Text(
                    nb=f"Avvik {deviation.grade}: «{deviation.title}» {what.nb}.",
                    en=f"Deviation {deviation.grade}: “{deviation.title}” {what.en}.",
                )
            )
    if progress.forms.get(DECISION_FORM, {}).get(DECISION_FIELD, GO) != GO:
        found.append(Text(nb="Beslutningen er å vente.", en="The decision is to wait."))
    return found
