"""The rehearsal as JSON: courses, a municipality's progress, forms, checks, deviations, own cases, and the report.

Open to anybody in test mode on the loopback address; elsewhere every call needs the operations token.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response

from hub.api.gatekeeper import gatekeeper
from hub.api.rehearsal_views import (
    Beginning,
    Deviating,
    Filling,
    RehearsalView,
    Remark,
    Saying,
    StandingView,
    overview,
    whole,
)
from hub.model.language import Language
from hub.rehearsal.cases import AcceptanceCase, BadCase, acceptance_cases
from hub.rehearsal.course import Course
from hub.rehearsal.desk import Desk, NotAllowed, NotFound
from hub.rehearsal.documents import page, pdf, security
from hub.rehearsal.entries import DeviationSet, FormFilled, Noted, StepSaid
from hub.rehearsal.forms import BadForm, Form, as_csv, as_json, as_markdown, blank
from hub.rehearsal.report import report
from hub.rehearsal.results import CheckResult


@dataclass(frozen=True, slots=True)
class RehearsalDoor:
    """What the door works on. `token` None lets anybody in."""

    desk: Desk
    token: str | None


_Responses = dict[int | str, dict[str, Any]]
_MISSING: _Responses = {404: {"description": "Finnes ikke"}}
_REFUSED: _Responses = {409: {"description": "Kan ikke gjøres slik"}, **_MISSING}
Who = Annotated[str, Query(max_length=200)]
Municipality = Annotated[str, Path(pattern=r"^[0-9]{9}$")]
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
DeviationId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9/-]{0,119}$")]


def router(door: RehearsalDoor) -> APIRouter:
    """The routes under `/rehearsal/api`."""
    routes = APIRouter(
        prefix="/rehearsal/api",
        tags=["øvelse"],
        dependencies=[Depends(gatekeeper(door.token))],
        responses={401: {"description": "Mangler driftsnøkkelen"}} if door.token else None,
    )
    _add_content(routes, door.desk)
    _add_rehearsals(routes, door.desk)
    _add_steps(routes, door.desk)
    _add_forms(routes, door.desk)
    _add_tests(routes, door.desk)
    _add_reports(routes, door.desk)
    return routes


class _Refused:
    """Turns the desk's refusals into HTTP's."""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, NotFound):
            raise HTTPException(404, str(error)) from error
        if isinstance(error, NotAllowed | BadForm | BadCase):
            raise HTTPException(409, str(error)) from error


def _add_content(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/courses")
    async def courses() -> list[Course]:
        """Both courses, whole, with their sources."""
        return list(desk.courses.values())

    @routes.get("/forms")
    async def forms() -> list[Form]:
        """Every form."""
        return list(desk.forms.values())

    @routes.get("/cases")
    async def cases() -> list[AcceptanceCase]:
        """The acceptance cases that every municipality begins with."""
        return list(acceptance_cases())


def _add_rehearsals(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/rehearsals")
    async def rehearsals() -> list[RehearsalView]:
        """Every municipality's rehearsals."""
        return [overview(standing) for standing in await desk.everything()]

    @routes.post("/rehearsals/{municipality}/{course}", responses=_REFUSED)
    async def begin(municipality: Municipality, course: Name, beginning: Beginning | None = None) -> StandingView:
        """Begin, or go on."""
        with _Refused():
            await desk.begin(municipality, course, name=beginning.name if beginning else "")
            return whole(await desk.standing(municipality, course))

    @routes.get("/rehearsals/{municipality}/{course}", responses=_MISSING)
    async def standing(municipality: Municipality, course: Name) -> StandingView:
        """Where a municipality stands."""
        with _Refused():
            return whole(await desk.standing(municipality, course))


def _add_steps(routes: APIRouter, desk: Desk) -> None:
    at = "/rehearsals/{municipality}/{course}/steps/{step}"

    @routes.post(at, responses=_REFUSED)
    async def say(municipality: Municipality, course: Name, step: Name, saying: Saying) -> StandingView:
        """Say that a step is done, does not apply, or is open again."""
        with _Refused():
            said = StepSaid(step=step, state=saying.state, evidence=saying.evidence)
            return whole(await desk.say(municipality, course, said, who=saying.who))

    @routes.post(f"{at}/notes", responses=_MISSING)
    async def note(municipality: Municipality, course: Name, step: Name, remark: Remark) -> StandingView:
        """Add a remark."""
        with _Refused():
            noted = Noted(step=step, text=remark.text)
            return whole(await desk.say(municipality, course, noted, who=remark.who))

    @routes.post(f"{at}/check", responses=_REFUSED)
    async def check(municipality: Municipality, course: Name, step: Name, who: Who = "") -> CheckResult:
        """Let the hub check a step for real; takes from a second to a minute."""
        with _Refused():
            return await desk.check(municipality, course, step, who=who)


def _add_forms(routes: APIRouter, desk: Desk) -> None:
    at = "/rehearsals/{municipality}/{course}/forms/{form}"

    @routes.post(at, responses=_REFUSED)
    async def fill(municipality: Municipality, course: Name, form: Name, filling: Filling) -> StandingView:
        """Save a form."""
        with _Refused():
            filled = FormFilled(form=form, values=filling.values)
            return whole(await desk.fill(municipality, course, filled, who=filling.who))

    @routes.get(at, responses=_MISSING)
    async def export(
        municipality: Municipality,
        course: Name,
        form: Name,
        as_: Annotated[Literal["json", "csv", "md"], Query(alias="as")] = "json",
        lang: Language = Language.NB,
    ) -> Response:
        """A form as it was saved, or as it is handed out: JSON, a table, or a document."""
        with _Refused():
            asked = desk.form(form)
            values = (await desk.standing(municipality, course)).progress.forms.get(form) or blank(asked)
        if as_ == "csv":
            return _file(as_csv(asked, values, lang), "text/csv", f"{form}.csv")
        if as_ == "md":
            return _file(as_markdown(asked, values, lang), "text/markdown", f"{form}.md")
        return Response(as_json(asked, values), media_type="application/json")


def _file(text: str, media_type: str, name: str) -> Response:
    # The mark in front lets Excel read æ, ø and å.
    content = ("\ufeff" + text if media_type == "text/csv" else text).encode()
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=f"{media_type}; charset=utf-8", headers=headers)


def _add_tests(routes: APIRouter, desk: Desk) -> None:
    at = "/rehearsals/{municipality}/{course}"

    @routes.post(f"{at}/deviations/{{deviation:path}}", responses=_REFUSED)
    async def deviate(
        municipality: Municipality, course: Name, deviation: DeviationId, deviating: Deviating
    ) -> StandingView:
        """Raise, grade, plan or close a deviation."""
        with _Refused():
            said = DeviationSet(id=deviation, **deviating.model_dump(exclude={"who"}))
            return whole(await desk.deviate(municipality, course, said, who=deviating.who))

    @routes.post(f"{at}/cases", responses=_REFUSED)
    async def keep(municipality: Municipality, course: Name, case: AcceptanceCase, who: Who = "") -> StandingView:
        """Add an acceptance case of the municipality's own, or replace it."""
        with _Refused():
            return whole(await desk.keep_case(municipality, course, case, who=who))

    @routes.delete(f"{at}/cases/{{case}}", responses=_MISSING)
    async def drop(municipality: Municipality, course: Name, case: Name, who: Who = "") -> StandingView:
        """Take an own case out."""
        with _Refused():
            return whole(await desk.drop_case(municipality, course, case, who=who))


def _add_reports(routes: APIRouter, desk: Desk) -> None:
    at = "/rehearsals/{municipality}/{course}"

    @routes.get(f"{at}/report.html", responses=_MISSING)
    async def html(municipality: Municipality, course: Name, lang: Language = Language.NB) -> Response:
        """The test report and readiness summary as one page."""
        with _Refused():
            made = page(report(await desk.standing(municipality, course), desk.forms, lang))
        return Response(made, media_type="text/html", headers={"Content-Security-Policy": security()})

    @routes.get(f"{at}/report.pdf", responses=_MISSING)
    async def as_pdf(municipality: Municipality, course: Name, lang: Language = Language.NB) -> Response:
        """The same as PDF."""
        with _Refused():
            made = await asyncio.to_thread(pdf, report(await desk.standing(municipality, course), desk.forms, lang))
        headers = {"Content-Disposition": f'inline; filename="{course}-{municipality}.pdf"'}
        return Response(made, media_type="application/pdf", headers=headers)
