"""A course: phases and steps with who owns them, what to decide, the evidence, and where each is known from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from hub.model.language import Frozen, Text

_FOLDER = Path(__file__).parent / "content"
COURSES = ("vkp", "jft")

CheckName = Literal[
    "sender_registered",
    "services_mapped",
    "token",
    "communication",
    "sit",
    "acceptance",
    "verification",
    "handover",
]


class Role(StrEnum):
    """Who a task is tagged with, in NHN's own abbreviations."""

    KOMMUNE = "KOMMUNE"
    VKP = "VKP"
    VFT = "VFT"
    EPJ = "EPJ"


ROLE_TITLES = {
    Role.KOMMUNE: Text(nb="Kommunen", en="The municipality"),
    Role.VKP: Text(nb="Norsk helsenett (knutepunktet)", en="Norwegian Health Network (the hub)"),
    Role.VFT: Text(nb="Leverandør av velferdsteknologi", en="Welfare-technology vendor"),
    Role.EPJ: Text(nb="EPJ-leverandør", en="EHR vendor"),
}


class Source(Frozen):
    """Where a step is known from. `date` is what `date_is` says: when the source was published, or when it was read."""

    id: str
    title: str
    address: str
    date: str = Field(pattern=r"^\d{4}-\d\d(-\d\d)?$")
    date_is: Literal["published", "read"]


class Step(Frozen):
    """One step. Either `source` names where it is known from, or it is `unconfirmed` by NHN.

    `check` is one that the hub makes itself; `form` one to fill in. `may_skip` says when the step does not apply.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: Text
    what: Text
    roles: tuple[Role, ...] = Field(min_length=1)
    owner: Role
    decide: tuple[Text, ...] = ()
    evidence: Text
    form: str | None = None
    check: CheckName | None = None
    may_skip: Text | None = None
    source: str | None = None
    unconfirmed: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> Step:
        if (self.source is None) != self.unconfirmed:
            raise ValueError("a step has a source or is unconfirmed, and never both")
        if self.owner not in self.roles:
            raise ValueError("the owner is one of the roles")
        return self


class Phase(Frozen):
    """A part of the process with its steps in order."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: Text
    about: Text
    step: tuple[Step, ...] = Field(min_length=1)


class Course(Frozen):
    """The whole way for one kind of connection."""

    id: str
    title: Text
    about: Text
    source: tuple[Source, ...]
    phase: tuple[Phase, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_are_known(self) -> Course:
        steps = [step.id for step in self.steps()]
        if len(steps) != len(set(steps)):
            raise ValueError("two steps have one id")
        sources = {source.id for source in self.source}
        if unknown := {s.source for s in self.steps() if s.source} - sources:
            raise ValueError(f"unknown sources: {sorted(unknown)}")
        return self

    def steps(self) -> Iterator[Step]:
        """Every step, in order."""
        for phase in self.phase:
            yield from phase.step

    def step(self, step_id: str) -> Step | None:
        """The step with this id, if there is one."""
        return next((step for step in self.steps() if step.id == step_id), None)

    def source_of(self, step: Step) -> Source | None:
        """The source of `step`, or None where NHN has not confirmed it."""
        return next((source for source in self.source if source.id == step.source), None)


def course(course_id: str) -> Course:
    """The course with this id. Raises KeyError when there is none, ValueError when its file is at fault."""
    if course_id not in COURSES:
        raise KeyError(course_id)
    return Course.model_validate(tomllib.loads((_FOLDER / f"{course_id}.toml").read_text(encoding="utf-8")))
