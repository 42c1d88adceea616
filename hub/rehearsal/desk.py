"""The desk where a rehearsal is followed: begins it, writes down what is done, makes the checks. One for all doors."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.model.person import organisation_number_is_test, organisation_number_is_valid
from hub.rehearsal.cases import AcceptanceCase, acceptance_cases, checked_case
from hub.rehearsal.checks import Checking, check
from hub.rehearsal.course import COURSES, Course, Step, course
from hub.rehearsal.entries import (
    CaseDropped,
    CaseKept,
    Checked,
    Content,
    DeviationSet,
    Entry,
    FormFilled,
    Noted,
    StepSaid,
)
from hub.rehearsal.forms import Form, checked, forms, missing
from hub.rehearsal.progress import Progress, progress
from hub.rehearsal.readiness import Readiness, readiness
from hub.rehearsal.results import CheckResult
from hub.rehearsal.surroundings import Surroundings

#: The form with the contact points.
_CONTACTS = "contacts"


@dataclass(frozen=True, slots=True)
class Begun:
    """A rehearsal that has begun: which municipality (organisation number) takes which course."""

    id: int
    municipality: str
    course: str
    name: str
    started_at: datetime


class Journal(Protocol):
    """Where rehearsals are kept. Every call may raise `StoreUnavailable`."""

    async def begin(self, municipality: str, course_id: str, *, name: str, at: datetime) -> Begun:
        """The rehearsal, begun now or before."""
        ...

    async def find(self, municipality: str, course_id: str) -> Begun | None:
        """The rehearsal, if it has begun."""
        ...

    async def everything(self) -> list[Begun]:
        """Every rehearsal, by name and course."""
        ...

    async def entries(self, begun: Begun) -> list[Entry]:
        """Its entries, oldest first."""
        ...

    async def write(self, begun: Begun, entry: Entry) -> None:
        """Add an entry."""
        ...


class NotFound(LookupError):
    """There is no such course, rehearsal, step, form or case. The text is Norwegian."""


class NotAllowed(ValueError):
    """It can't be done like this. The text is Norwegian and says why."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A rehearsal with where it stands."""

    begun: Begun
    progress: Progress
    readiness: Readiness
    entries: tuple[Entry, ...]


class Desk:
    """Everything that can be done with rehearsals; the doors only translate. `new_run` gives each test run its id."""

    def __init__(
        self,
        journal: Journal,
        surroundings: Surroundings,
        *,
        new_run: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self.courses: dict[str, Course] = {course_id: course(course_id) for course_id in COURSES}
        self.forms: dict[str, Form] = forms()
        self._journal = journal
        self._hub = surroundings
        self._new_run = new_run
        self._checking = asyncio.Lock()

    def known_name(self, municipality: str) -> str | None:
        """What the hub calls the municipality, if it is set up in it."""
        found = self._hub.registration(municipality)
        return found.name if found else None

    async def begin(self, municipality: str, course_id: str, *, name: str = "") -> Begun:
        """Begin the course, or go on with it. Raises NotFound (no such course), NotAllowed (no organisation number)."""
        self._course(course_id)
        if not (organisation_number_is_valid(municipality) or organisation_number_is_test(municipality)):
            raise NotAllowed("Oppgi kommunens organisasjonsnummer, ni sifre.")
        known = self.known_name(municipality) or _plain(name) or municipality
        return await self._journal.begin(municipality, course_id, name=known, at=self._hub.now())

    async def everything(self) -> list[Standing]:
        """Every rehearsal with its standing."""
        return [await self._standing(begun) for begun in await self._journal.everything()]

    async def standing(self, municipality: str, course_id: str) -> Standing:
        """Where a rehearsal stands. Raises NotFound."""
        return await self._standing(await self._begun(municipality, course_id))

    async def say(self, municipality: str, course_id: str, said: StepSaid | Noted, *, who: str) -> Standing:
        """Write down what a person says of a step. Raises NotFound, NotAllowed."""
        begun = await self._begun(municipality, course_id)
        step = self.step(course_id, said.step)
        if isinstance(said, StepSaid):
            await self._check_saying(begun, step, said)
        return await self._write(begun, said, who=who)

    async def check(self, municipality: str, course_id: str, step_id: str, *, who: str) -> CheckResult:
        """Let the hub check a step and write down what it found; one check at a time. Raises NotFound, NotAllowed."""
        begun = await self._begun(municipality, course_id)
        step = self.step(course_id, step_id)
        if step.check is None:
            raise NotAllowed("Dette steget kan ikke knutepunktet kontrollere selv.")
        async with self._checking:
            standing = await self._standing(begun)
            contacts = standing.progress.forms.get(_CONTACTS, {})
            checking = Checking(
                municipality,
                course_id,
                standing.progress.cases,
                self._new_run(),
                has_contacts=bool(contacts) and not missing(self.form(_CONTACTS), contacts),
            )
            result = await check(step, checking, self._hub)
            await self._write(begun, Checked(result=result), who=who)
        return result

    async def fill(self, municipality: str, course_id: str, filled: FormFilled, *, who: str) -> Standing:
        """Save a form. Raises NotFound, BadForm."""
        begun = await self._begun(municipality, course_id)
        values = checked(self.form(filled.form), filled.values)
        return await self._write(begun, FormFilled(form=filled.form, values=values), who=who)

    async def deviate(self, municipality: str, course_id: str, deviation: DeviationSet, *, who: str) -> Standing:
        """Raise, grade, plan or close a deviation. Raises NotFound, NotAllowed for closing what a check found."""
        begun = await self._begun(municipality, course_id)
        standing = await self._standing(begun)
        old = next((d for d in standing.progress.deviations if d.id == deviation.id), None)
        if deviation.closed and old is not None and old.by_check and not old.closed:
            raise NotAllowed("Avviket ble funnet av en kontroll, og lukkes når kontrollen består.")
        return await self._write(begun, deviation, who=who)

    async def keep_case(self, municipality: str, course_id: str, case: AcceptanceCase, *, who: str) -> Standing:
        """Add a case of the municipality's own. Raises NotFound, NotAllowed (a common case's id), BadCase."""
        begun = await self._begun(municipality, course_id)
        if case.id in {common.id for common in acceptance_cases()}:
            raise NotAllowed("Tilfellet har samme id som et av de felles.")
        return await self._write(begun, CaseKept(case=checked_case(case)), who=who)

    async def drop_case(self, municipality: str, course_id: str, case_id: str, *, who: str) -> Standing:
        """Take a case of the municipality's own out. Raises NotFound."""
        standing = await self.standing(municipality, course_id)
        if case_id not in {case.id for case in standing.progress.cases}:
            raise NotFound("Kommunen har ikke noe slikt tilfelle.")
        return await self._write(standing.begun, CaseDropped(case=case_id), who=who)

    def step(self, course_id: str, step_id: str) -> Step:
        """A course's step. Raises NotFound."""
        found = self._course(course_id).step(step_id)
        if found is None:
            raise NotFound("Kurset har ikke noe slikt steg.")
        return found

    def form(self, form_id: str) -> Form:
        """A form. Raises NotFound."""
        if form_id not in self.forms:
            raise NotFound("Det finnes ikke noe slikt skjema.")
        return self.forms[form_id]

    def _course(self, course_id: str) -> Course:
        if course_id not in self.courses:
            raise NotFound("Det finnes ikke noe slikt kurs.")
        return self.courses[course_id]

    async def _check_saying(self, begun: Begun, step: Step, said: StepSaid) -> None:
        if said.state == "not_relevant":
            if step.may_skip is None:
                raise NotAllowed("Dette steget gjelder alltid.")
            if not said.evidence.strip():
                raise NotAllowed("Skriv hvorfor steget ikke gjelder.")
        if said.state == "done" and step.check is not None:
            of = (await self._standing(begun)).progress.of(step.id)
            if of.result is None or of.result.verdict.value not in {"person", "skipped"}:
                raise NotAllowed("Knutepunktet kontrollerer dette steget selv. Kjør kontrollen.")
            if not said.evidence.strip():
                raise NotAllowed("Skriv hva som ble sett, og hvor.")

    async def _begun(self, municipality: str, course_id: str) -> Begun:
        self._course(course_id)
        found = await self._journal.find(municipality, course_id)
        if found is None:
            raise NotFound("Kommunen har ikke begynt på dette kurset.")
        return found

    async def _standing(self, begun: Begun) -> Standing:
        entries = await self._journal.entries(begun)
        reached = progress(self.courses[begun.course], self.forms, entries)
        return Standing(begun, reached, readiness(reached), tuple(entries))

    async def _write(self, begun: Begun, content: Content, *, who: str) -> Standing:
        await self._journal.write(begun, Entry(at=self._hub.now(), who=_plain(who) or "ukjent", content=content))
        return await self._standing(begun)


def _plain(text: str) -> str:
    """A name without what can't be seen, of a length that fits."""
    return "".join(c for c in text if c.isprintable()).strip()[:200]
