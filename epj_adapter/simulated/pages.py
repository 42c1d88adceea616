"""The pages on which a nurse reads a simulated EPJ: patients, a patient's notes, one note. Three looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from epj_adapter.simulated.store import Store
from epj_adapter.simulated.view import shown_text, view
from hub.model.person import D_NUMBER, HELP_NUMBER, IDENTITY_NUMBER

if TYPE_CHECKING:
    from jinja2 import Environment

#: Patients or notes on one page.
_SHOWN = 100
_FOLDER = Path(__file__).parent / "templates"
_SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'self'; "
    "base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_NUMBERS = {IDENTITY_NUMBER: "Fødselsnummer", D_NUMBER: "D-nummer", HELP_NUMBER: "Felles hjelpenummer"}


@dataclass(slots=True)
class Pages:
    """The pages of one EPJ: `look` names its templates, `name` is what it is called."""

    store: Store
    look: str
    name: str
    _templates: list[Environment] = field(default_factory=list)

    def routes(self) -> list[Route]:
        """The pages and their one style sheet."""
        return [
            Route("/", self.patients, methods=["GET"]),
            Route("/pasient/{number:int}", self.patient, methods=["GET"]),
            Route("/notat/{number:int}", self.note, methods=["GET"]),
            Route("/stil.css", self.style, methods=["GET"]),
        ]

    async def patients(self, request: Request) -> Response:
        """The list of patients that have notes."""
        listed = [
            {
                "number": n,
                "kind": _NUMBERS.get(p.system, "Nummer"),
                "value": p.value,
                "count": c,
                "newest": shown_text(at),
            }
            for n, p, c, at in self.store.patients(offset=_offset(request), limit=_SHOWN + 1)
        ]
        return self._page("patients.html", patients=listed[:_SHOWN], following=_following(request, listed))

    async def patient(self, request: Request) -> Response:
        """A patient's notes, the newest event first."""
        number = request.path_params["number"]
        patient = self.store.patient_with(number)
        if patient is None:
            return self._page("missing.html", 404)
        found = self.store.of_patient(number, offset=_offset(request), limit=_SHOWN + 1)
        return self._page(
            "patient.html",
            number=number,
            kind=_NUMBERS.get(patient.system, "Nummer"),
            value=patient.value,
            notes=[view(n, self.store) for n in found[:_SHOWN]],
            following=_following(request, found),
        )

    async def note(self, request: Request) -> Response:
        """One note."""
        note = self.store.note(request.path_params["number"])
        if note is None:
            return self._page("missing.html", 404)
        patient = await self.store.patient_number(note.draft.patient)
        return self._page("note.html", number=patient, note=view(note, self.store))

    async def style(self, _: Request) -> Response:
        """The look."""
        return Response((_FOLDER / self.look / "stil.css").read_bytes(), media_type="text/css", headers=_SECURITY)

    def _page(self, template: str, status: int = 200, **content: object) -> Response:
        if not self._templates:
            self._templates.append(_environment(self.look))
        text = self._templates[0].get_template(template).render(epj=self.name, **content)
        return Response(text, status, _SECURITY, "text/html; charset=utf-8")


def _offset(request: Request) -> int:
    said = request.query_params.get("fra", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def _following(request: Request, found: Sequence[object]) -> str:
    """The address of the next page, or nothing after the last."""
    return f"{request.url.path}?fra={_offset(request) + _SHOWN}" if len(found) > _SHOWN else ""


def _environment(look: str) -> Environment:
    """Loaded at the first page, since most runs of a simulated EPJ show none."""
    from jinja2 import Environment, FileSystemLoader

    folders = [_FOLDER / look, _FOLDER]
    return Environment(loader=FileSystemLoader(folders), autoescape=True, trim_blocks=True, lstrip_blocks=True)
