"""The rehearsal: NHN's connection process as a guided course, with the hub's own checks and the report."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import orjson
from pydantic import ValidationError
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from hub.console.door import Door
from hub.console.rehearsal_forms import file, rows, sent_values
from hub.console.rehearsal_words import texts
from hub.console.visit import Stop, Visit
from hub.model.language import Language
from hub.rehearsal.cases import AcceptanceCase, BadCase, acceptance_cases
from hub.rehearsal.course import ROLE_TITLES, Course, Step
from hub.rehearsal.desk import Desk, NotAllowed, NotFound, Standing
from hub.rehearsal.documents import page, pdf, security
from hub.rehearsal.entries import AUTO, DeviationSet, FormFilled, Noted, StepSaid
from hub.rehearsal.forms import BadForm, as_csv, as_markdown, blank, missing
from hub.rehearsal.progress import STATE_TITLES, StepState
from hub.rehearsal.report import local, report, source_line
from hub.rehearsal.results import VERDICT_TITLES, Verdict

_TONES = {
    StepState.OPEN: "quiet",
    StepState.DONE: "good",
    StepState.PLANNED: "good",
    StepState.FAILED: "bad",
    StepState.PERSON: "warn",
    StepState.NOT_RELEVANT: "quiet",
}
_VERDICT_TONES = {
    Verdict.PASSED: "good",
    Verdict.FAILED: "bad",
    Verdict.PERSON: "warn",
    Verdict.SKIPPED: "quiet",
}


def routes(door: Door, desk: Desk) -> Sequence[Route]:
    """The pages and what can be done, at `/rehearsal`."""
    at = "/rehearsal/{municipality}/{course}"
    pages = RehearsalPages(desk)
    return (
        door.get("/rehearsal", pages.start),
        door.post("/rehearsal", pages.begin),
        door.get(at, pages.course),
        door.get(f"{at}/steps/{{step}}", pages.step),
        door.post(f"{at}/steps/{{step}}", pages.say),
        door.post(f"{at}/steps/{{step}}/check", pages.check),
        door.post(f"{at}/steps/{{step}}/notes", pages.note),
        door.post(f"{at}/steps/{{step}}/form", pages.fill),
        door.get(f"{at}/forms/{{form}}", pages.form_file),
        door.post(f"{at}/deviations", pages.deviate),
        door.get(f"{at}/cases", pages.cases),
        door.post(f"{at}/cases", pages.keep_case),
        door.get(f"{at}/report", pages.report_page),
        door.get(f"{at}/report.pdf", pages.report_pdf),
    )


class RehearsalPages:
    """The pages over one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def start(self, visit: Visit) -> Response:
        """Who has begun, and how to begin."""
        return self._page(
            visit,
            "rehearsal_start.html",
            rehearsals=await self._desk.everything(),
            courses=self._desk.courses.values(),
            municipalities=visit.console.settings.municipality,
            problem="",
        )

    async def begin(self, visit: Visit) -> Response:
        """Begin, and go to the course."""
        municipality = visit.field("other").strip().replace(" ", "") or visit.field("municipality")
        try:
            begun = await self._desk.begin(municipality, visit.field("course"), name=visit.field("name"))
        except NotFound as error:
            raise Stop(404, "error.missing") from error
        except NotAllowed as error:
            return self._page(
                visit,
                "rehearsal_start.html",
                status=422,
                rehearsals=await self._desk.everything(),
                courses=self._desk.courses.values(),
                municipalities=visit.console.settings.municipality,
                problem=str(error),
            )
        return visit.go(f"/rehearsal/{begun.municipality}/{begun.course}")

    async def course(self, visit: Visit) -> Response:
        """The whole course with every step's state, the deviations and the readiness."""
        standing = await self._standing(visit)
        return self._page(
            visit,
            "rehearsal_course.html",
            **self._common(visit, standing),
            steps={p.step.id: p for p in standing.progress.steps},
            problem="",
        )

    async def step(self, visit: Visit) -> Response:
        """One step."""
        return await self._step_page(visit)

    async def say(self, visit: Visit) -> Response:
        """A person says that the step is done, does not apply, or is open again."""
        state = visit.field("state")
        if state not in {"done", "not_relevant", "open"}:
            raise Stop(422, "error.missing")
        said = StepSaid(step=self._step(visit).id, state=state, evidence=visit.field("evidence").strip()[:4_000])
        return await self._done(visit, partial(self._desk.say, *_named(visit), said, who=_who(visit)))

    async def note(self, visit: Visit) -> Response:
        """A remark."""
        text = visit.field("text").strip()[:4_000]
        if not text:
            return visit.go(_address(visit, self._step(visit)))
        noted = Noted(step=self._step(visit).id, text=text)
        return await self._done(visit, partial(self._desk.say, *_named(visit), noted, who=_who(visit)))

    async def check(self, visit: Visit) -> Response:
        """Let the hub check the step."""
        step = self._step(visit)
        return await self._done(visit, partial(self._desk.check, *_named(visit), step.id, who=_who(visit)))

    async def fill(self, visit: Visit) -> Response:
        """Save the step's form."""
        step = self._step(visit)
        if step.form is None:
            raise Stop(404, "error.missing")
        filled = FormFilled(form=step.form, values=sent_values(self._desk.form(step.form), visit.form))
        return await self._done(visit, partial(self._desk.fill, *_named(visit), filled, who=_who(visit)))

    async def form_file(self, visit: Visit) -> Response:
        """A form as a file: a table for a spreadsheet, or a document."""
        standing = await self._standing(visit)
        name = visit.request.path_params["form"]
        if name not in self._desk.forms:
            raise Stop(404, "error.missing")
        form, language = self._desk.form(name), Language(visit.language)
        values = standing.progress.forms.get(name) or blank(form)
        if visit.request.query_params.get("as") == "md":
            return file(as_markdown(form, values, language).encode(), "text/markdown", f"{name}.md")
        return file(("\ufeff" + as_csv(form, values, language)).encode(), "text/csv", f"{name}.csv")

    async def deviate(self, visit: Visit) -> Response:
        """Raise, grade, plan or close a deviation."""
        fields = {name: visit.field(name).strip() for name in ("id", "title", "grade", "plan", "responsible", "due")}
        municipality, course = _named(visit)
        back = f"/rehearsal/{municipality}/{course}#deviations"
        try:
            said = DeviationSet.model_validate({**fields, "closed": visit.field("closed") == "yes"})
            await self._desk.deviate(municipality, course, said, who=_who(visit))
        except NotFound as error:
            raise Stop(404, "error.missing") from error
        except (NotAllowed, ValidationError) as error:
            standing = await self._standing(visit)
            problem = (
                str(error) if isinstance(error, NotAllowed) else "Fyll ut id, tittel og grad; frist som ÅÅÅÅ-MM-DD."
            )
            steps = {p.step.id: p for p in standing.progress.steps}
            common = self._common(visit, standing)
            return self._page(visit, "rehearsal_course.html", status=422, **common, steps=steps, problem=problem)
        return visit.go(back)

    async def cases(self, visit: Visit) -> Response:
        """The municipality's own cases, and a template for a new one."""
        return await self._cases_page(visit)

    async def keep_case(self, visit: Visit) -> Response:
        """Add a case, or take one out."""
        municipality, course = _named(visit)
        text = visit.field("case")
        try:
            if drop := visit.field("drop"):
                await self._desk.drop_case(municipality, course, drop, who=_who(visit))
            else:
                case = AcceptanceCase.model_validate(orjson.loads(text))
                await self._desk.keep_case(municipality, course, case, who=_who(visit))
        except NotFound as error:
            raise Stop(404, "error.missing") from error
        except (NotAllowed, BadCase) as error:
            return await self._cases_page(visit, text=text, problem=str(error), status=422)
        except ValidationError as error:
            places = ", ".join(sorted({".".join(map(str, e["loc"])) for e in error.errors()}))
            return await self._cases_page(visit, text=text, problem=f"Feil i: {places}", status=422)
        except orjson.JSONDecodeError:
            return await self._cases_page(visit, text=text, problem="Ikke gyldig JSON.", status=422)
        return visit.go(f"/rehearsal/{municipality}/{course}/cases")

    async def report_page(self, visit: Visit) -> Response:
        """The report as a page of its own, which can be printed and sent."""
        made = report(await self._standing(visit), self._desk.forms, Language(visit.language))
        return HTMLResponse(page(made), headers={"Content-Security-Policy": security()})

    async def report_pdf(self, visit: Visit) -> Response:
        """The report as PDF."""
        made = report(await self._standing(visit), self._desk.forms, Language(visit.language))
        municipality, course = _named(visit)
        return file(await asyncio.to_thread(pdf, made), "application/pdf", f"{course}-{municipality}.pdf")

    async def _standing(self, visit: Visit) -> Standing:
        try:
            return await self._desk.standing(*_named(visit))
        except NotFound as error:
            raise Stop(404, "error.missing") from error

    def _step(self, visit: Visit) -> Step:
        try:
            return self._desk.step(visit.request.path_params["course"], visit.request.path_params["step"])
        except NotFound as error:
            raise Stop(404, "error.missing") from error

    async def _done(self, visit: Visit, act: Any) -> Response:
        """Do it, and show the step again; a refusal is shown on the step's page."""
        try:
            await act()
        except NotFound as error:
            raise Stop(404, "error.missing") from error
        except (NotAllowed, BadForm) as error:
            return await self._step_page(visit, problem=str(error), status=422)
        return visit.go(_address(visit, self._step(visit)) + "?saved=1")

    async def _step_page(self, visit: Visit, *, problem: str = "", status: int = 200) -> Response:
        standing, step = await self._standing(visit), self._step(visit)
        steps = list(standing.progress.course.steps())
        place = steps.index(step)
        form = self._desk.form(step.form) if step.form else None
        values = standing.progress.forms.get(form.id) if form else None
        return self._page(
            visit,
            "rehearsal_step.html",
            status=status,
            **self._common(visit, standing),
            step=step,
            of=standing.progress.of(step.id),
            form=form,
            rows=partial(rows, values or {}) if form else None,
            values=(values or blank(form)) if form else {},
            lacking=missing(form, values) if form and values else [],
            earlier=steps[place - 1] if place else None,
            later=steps[place + 1] if place + 1 < len(steps) else None,
            place=place + 1,
            problem=problem,
            saved="saved" in visit.request.query_params,
        )

    async def _cases_page(self, visit: Visit, *, text: str = "", problem: str = "", status: int = 200) -> Response:
        standing = await self._standing(visit)
        template = acceptance_cases()[-1].model_copy(update={"id": "eget-tilfelle"})
        shown = text or template.model_dump_json(exclude={"own"}, indent=2)
        common = self._common(visit, standing)
        return self._page(visit, "rehearsal_cases.html", status=status, **common, text=shown, problem=problem)

    def _common(self, visit: Visit, standing: Standing) -> dict[str, Any]:
        course = standing.progress.course
        return {
            "standing": standing,
            "course": course,
            "at": f"/rehearsal/{standing.begun.municipality}/{standing.begun.course}",
            "cli": f"knutepunkt rehearse --municipality {standing.begun.municipality} --course {standing.begun.course}"
            + visit.console.data_option,
            "api": f"{visit.console.http_url}/rehearsal/api/rehearsals/{standing.begun.municipality}"
            f"/{standing.begun.course}",
            "test_step": next((s.id for s in course.steps() if s.check == "communication"), ""),
            "source": partial(_source, course, visit.language),
        }

    def _page(self, visit: Visit, template: str, *, status: int = 200, **content: Any) -> Response:
        language = Language(visit.language)
        return visit.page(
            template,
            status=status,
            w=texts(visit.language),
            say=lambda text: text.said(language),
            tones=_TONES,
            states={state: title.said(language) for state, title in STATE_TITLES.items()},
            verdicts={verdict: title.said(language) for verdict, title in VERDICT_TITLES.items()},
            verdict_tones=_VERDICT_TONES,
            auto=AUTO,
            roles={role: title.said(language) for role, title in ROLE_TITLES.items()},
            local=lambda moment: local(moment, language),
            **content,
        )


def _named(visit: Visit) -> tuple[str, str]:
    return visit.request.path_params["municipality"], visit.request.path_params["course"]


def _who(visit: Visit) -> str:
    return visit.session.name if visit.session else "ukjent"


def _address(visit: Visit, step: Step) -> str:
    municipality, course = _named(visit)
    return f"/rehearsal/{municipality}/{course}/steps/{step.id}"


def _source(course: Course, language: str, step: Step) -> str:
    return source_line(course, step, texts(language))
