"""The guided course in the terminal: one step at a time, for somebody who has read nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click
from rich.console import Console

from hub.cli._rehearsal_door import DoorShut, RehearsalDoor
from hub.cli._rehearsal_shown import show_course, show_result, show_step, show_verdict
from hub.rehearsal.forms import Form, FormField, blank

_COURSE_CHOICE = """\
Hvilket kurs vil du ta?
  1  VKP, slik velferdsteknologisk knutepunkt er i dag
  2  JFT/PIT, tjenestene som avløser det"""
_HELP = """\
[dim]Enter = gjør steget   n = hopp til neste   k = hopp til neste kontroll   m = skriv merknad   i = gjelder ikke
l = list alle steg   g = gå til et steg   r = er vi klare?   a = avslutt (alt er lagret)[/]"""


@dataclass(slots=True)
class Guide:
    """One person's way through a course. `ask` prompts with a text and answers what was typed."""

    door: RehearsalDoor
    municipality: str
    course: dict[str, Any]
    who: str
    console: Console
    ask: Callable[[str], str]

    @property
    def _at(self) -> str:
        return f"/rehearsals/{self.municipality}/{self.course['id']}"

    def run(self) -> None:
        """Guide until the person stops, here or in the middle of a step, or everything is over. Raises DoorShut."""
        with contextlib.suppress(click.Abort):
            self._follow()

    def _follow(self) -> None:
        steps = [step for phase in self.course["phase"] for step in phase["step"]]
        standing = self.door.get(self._at)
        place = _first_open(steps, standing, after=-1)
        self.console.print(_HELP)
        while place is not None:
            step = steps[place]
            of = next(s for s in standing["steps"] if s["step"] == step["id"])
            show_step(self.course, step, of, self.console)
            order = self.ask(f"[{place + 1} av {len(steps)}] {_doing(step)} (Enter), eller n k m i l g r a").strip()
            if order == "a":
                return
            moved = self._obey(order, step, steps, place)
            standing = self.door.get(self._at)
            place = _first_open(steps, standing, after=place) if moved is None else moved
        show_verdict(standing, self.console)

    def _obey(self, order: str, step: dict[str, Any], steps: list[dict[str, Any]], place: int) -> int | None:
        """Do what was ordered; the place to go to, or None for the next step that is open."""
        try:
            if order == "":
                return None if self._do(step) else place
            if order == "n":
                return min(place + 1, len(steps) - 1)
            if order == "k":
                return next((i for i in range(place + 1, len(steps)) if steps[i]["check"]), place)
            self._other(order, step)
            if order == "g":
                wanted = self.ask("Hvilket steg? (id)").strip()
                return next((i for i, s in enumerate(steps) if s["id"] == wanted), place)
        except DoorShut as refused:
            self.console.print(f"[red]{refused}[/]")
        return None if order == "i" else place

    def _other(self, order: str, step: dict[str, Any]) -> None:
        path = f"{self._at}/steps/{step['id']}"
        if order == "m":
            self.door.post(f"{path}/notes", {"text": self.ask("Merknad"), "who": self.who})
        elif order == "i":
            why = self.ask("Hvorfor gjelder steget ikke?")
            self.door.post(path, {"state": "not_relevant", "evidence": why, "who": self.who})
        elif order == "l":
            show_course(self.course, self.door.get(self._at), self.console)
        elif order == "r":
            show_verdict(self.door.get(self._at), self.console)
        elif order != "g":
            self.console.print(_HELP)

    def _do(self, step: dict[str, Any]) -> bool:
        """Do the step; whether it is over."""
        path = f"{self._at}/steps/{step['id']}"
        if step["check"]:
            return self._check(step, path)
        if step["form"]:
            self._fill(step["form"])
        evidence = self.ask("Hva er beviset? (tomt = ikke ferdig ennå)").strip()
        if not evidence:
            return False
        standing = self.door.post(path, {"state": "done", "evidence": evidence, "who": self.who})
        is_over = any(s["step"] == step["id"] and s["state"] == "done" for s in standing["steps"])
        self.console.print("[green]Ferdig.[/]" if is_over else "[yellow]Noe i skjemaet mangler ennå.[/]")
        return is_over

    def _check(self, step: dict[str, Any], path: str) -> bool:
        self.console.print("[dim]Knutepunktet kontrollerer …[/]")
        result = self.door.post(f"{path}/check", who=self.who)
        show_result(step["title"]["nb"], result, self.console, is_whole=step["check"] == "communication")
        if step["check"] == "communication" and result["verdict"] == "passed":
            self.console.print("[bold green]Kommunikasjonstesten er ferdig.[/] r viser hva som gjenstår.")
        if result["verdict"] == "person":
            seen = self.ask("Hva så du, og hvor? (tomt = ikke bekreftet)").strip()
            if seen:
                self.door.post(path, {"state": "done", "evidence": seen, "who": self.who})
            return bool(seen)
        return bool(result["verdict"] == "passed")

    def _fill(self, form_id: str) -> None:
        form = next(Form.model_validate(f) for f in self.door.get("/forms") if f["id"] == form_id)
        kept = self.door.get(self._at)["forms"].get(form_id) or blank(form)
        values: dict[str, Any] = dict(kept)
        self.console.print(f"[bold]{form.title.nb}[/]. {form.about.nb}")
        for field in form.field:
            values[field.id] = self._field(field, values.get(field.id))
        self.door.post(f"{self._at}/forms/{form_id}", {"values": values, "who": self.who})

    def _field(self, field: FormField, value: Any) -> Any:
        if field.kind == "table":
            rows = [dict(row) for row in value or ()]
            for row in rows:
                for column in field.column[1:]:
                    row[column.id] = self._text(f"{row[field.column[0].id]}: {column.title.nb}", row[column.id])
            return rows
        choices = "".join(f" [{choice.id} = {choice.title.nb}]" for choice in field.choice)
        return self._text(field.title.nb + choices, str(value or ""))

    def _text(self, title: str, now: str) -> str:
        answer = self.ask(f"  {title}{f' ({now})' if now else ''}").strip()
        return answer or now


def _doing(step: dict[str, Any]) -> str:
    if step["check"]:
        return "La knutepunktet kontrollere"
    return "Fyll ut skjemaet" if step["form"] else "Merk som ferdig"


def _first_open(steps: list[dict[str, Any]], standing: dict[str, Any], *, after: int) -> int | None:
    """The first step after a place that is not over, else the first at all, else None."""
    over = {s["step"] for s in standing["steps"] if s["state"] in {"done", "planned", "not_relevant"}}
    left = [i for i, step in enumerate(steps) if step["id"] not in over]
    return next((i for i in left if i > after), left[0] if left else None)


def typed(text: str) -> str:
    """What a person types after `text`; Enter is an empty answer. Raises click.Abort when there is no more to come."""
    return str(click.prompt(text, default="", show_default=False))


def chosen_course(ask: Callable[[str], str], console: Console) -> str:
    """The course that a person chooses; VKP by default."""
    console.print(_COURSE_CHOICE)
    return "jft" if ask("1 eller 2").strip() in {"2", "jft"} else "vkp"
