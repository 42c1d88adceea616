"""What is written down during a rehearsal. Entries are only ever added, so the list is also the trail of evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from hub.model.language import Frozen
from hub.rehearsal.cases import AcceptanceCase
from hub.rehearsal.comparing import Grade
from hub.rehearsal.forms import Row
from hub.rehearsal.results import CheckResult

#: Who an unattended rehearsal signs as. What it declares, nobody has done.
AUTO = "automatisk øvelse"


class StepSaid(Frozen):
    """A person says that a step is done, does not apply, or is open again; `evidence` says where it can be seen."""

    kind: Literal["step"] = "step"
    step: str
    state: Literal["done", "not_relevant", "open"]
    evidence: str = Field(default="", max_length=4_000)


class Noted(Frozen):
    """A remark on a step, which changes nothing."""

    kind: Literal["note"] = "note"
    step: str
    text: str = Field(min_length=1, max_length=4_000)


class Checked(Frozen):
    """The hub checked a step."""

    kind: Literal["check"] = "check"
    result: CheckResult


class FormFilled(Frozen):
    """A form as it was saved."""

    kind: Literal["form"] = "form"
    form: str
    values: dict[str, str | tuple[Row, ...]]


class DeviationSet(Frozen):
    """A deviation as a person sees it: raised, graded, planned or closed. `id` is `step/case`, or of their own."""

    kind: Literal["deviation"] = "deviation"
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9/-]{0,119}$")
    title: str = Field(min_length=1, max_length=300)
    grade: Grade
    plan: str = Field(default="", max_length=4_000)
    responsible: str = Field(default="", max_length=200)
    due: str = Field(default="", pattern=r"^(\d{4}-\d\d-\d\d)?$")
    closed: bool = False


class CaseKept(Frozen):
    """A case of the municipality's own was added or replaced."""

    kind: Literal["case"] = "case"
    case: AcceptanceCase


class CaseDropped(Frozen):
    """A case of the municipality's own was taken out."""

    kind: Literal["case_dropped"] = "case_dropped"
    case: str


Content = Annotated[
    StepSaid | Noted | Checked | FormFilled | DeviationSet | CaseKept | CaseDropped, Field(discriminator="kind")
]
CONTENT: TypeAdapter[Content] = TypeAdapter(Content)


class Entry(Frozen):
    """Something that was written down: when (aware, UTC) and by whom."""

    at: datetime
    who: str = Field(min_length=1, max_length=200)
    content: Content
