"""What the rehearsal's JSON door says and takes: the desk's values as they are written."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.model.language import Text
from hub.rehearsal.cases import AcceptanceCase
from hub.rehearsal.comparing import Grade
from hub.rehearsal.desk import Standing
from hub.rehearsal.results import CheckResult


class _View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class StepView(_View):
    """A step's standing."""

    step: str
    title: Text
    state: str
    who: str
    at: datetime | None
    evidence: str
    declared: bool
    result: CheckResult | None
    notes: tuple[str, ...]


class DeviationView(_View):
    """A deviation."""

    id: str
    title: str
    grade: Grade
    plan: str
    responsible: str
    due: str
    closed: bool
    by_check: bool
    blocks: bool


class ReadinessView(_View):
    """The readiness summary."""

    is_ready: bool
    is_rehearsal_only: bool
    blocking: tuple[Text, ...]
    over: int
    steps: int
    checked: int
    declared: int
    open_a: int
    open_b: int
    planned_c: int


class RehearsalView(_View):
    """A rehearsal, without its steps."""

    municipality: str
    course: str
    name: str
    started_at: datetime
    next_step: str | None
    readiness: ReadinessView


class StandingView(RehearsalView):
    """A rehearsal with its steps, forms, deviations and own cases."""

    steps: tuple[StepView, ...]
    forms: dict[str, Any]
    deviations: tuple[DeviationView, ...]
    cases: tuple[AcceptanceCase, ...]


class Beginning(BaseModel):
    """Who begins; the name is used where the hub has none."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="", max_length=200)


class Saying(BaseModel):
    """What a person says of a step."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["done", "not_relevant", "open"]
    evidence: str = Field(default="", max_length=4_000)
    who: str = Field(default="", max_length=200)


class Remark(BaseModel):
    """A remark on a step."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=4_000)
    who: str = Field(default="", max_length=200)


class Filling(BaseModel):
    """A form's fields."""

    model_config = ConfigDict(extra="forbid")

    values: dict[str, str | tuple[dict[str, str], ...]]
    who: str = Field(default="", max_length=200)


class Deviating(BaseModel):
    """A deviation as a person sees it."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=300)
    grade: Grade
    plan: str = Field(default="", max_length=4_000)
    responsible: str = Field(default="", max_length=200)
    due: str = Field(default="", pattern=r"^(\d{4}-\d\d-\d\d)?$")
    closed: bool = False
    who: str = Field(default="", max_length=200)


def overview(standing: Standing) -> RehearsalView:
    """A rehearsal in a list."""
    return RehearsalView(**_common(standing))


def whole(standing: Standing) -> StandingView:
    """A rehearsal with everything in it."""
    reached = standing.progress
    return StandingView(
        **_common(standing),
        steps=tuple(
            StepView(
                step=p.step.id,
                title=p.step.title,
                state=p.state.value,
                who=p.who,
                at=p.at,
                evidence=p.evidence,
                declared=p.is_declared,
                result=p.result,
                notes=p.notes,
            )
            for p in reached.steps
        ),
        forms={name: dict(values) for name, values in reached.forms.items()},
        deviations=tuple(DeviationView.model_validate(d) for d in reached.deviations),
        cases=reached.cases,
    )


def _common(standing: Standing) -> dict[str, Any]:
    following = standing.progress.next
    return {
        "municipality": standing.begun.municipality,
        "course": standing.begun.course,
        "name": standing.begun.name,
        "started_at": standing.begun.started_at,
        "next_step": following.step.id if following else None,
        "readiness": ReadinessView.model_validate(standing.readiness),
    }
