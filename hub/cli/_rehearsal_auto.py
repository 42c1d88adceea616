"""A whole rehearsal unattended: forms filled with examples, people's steps declared, the hub's checks made for real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from hub.cli._rehearsal_door import DoorShut, RehearsalDoor
from hub.cli._rehearsal_shown import show_result, show_verdict
from hub.rehearsal.entries import AUTO
from hub.rehearsal.forms import Form, practised

_DECLARED = "Erklært av automatisk øvelse. Ingen har gjort dette."


def rehearse(door: RehearsalDoor, municipality: str, course: str, console: Console) -> bool:
    """Go through the whole course; whether it ended ready. Raises DoorShut, also where people have begun."""
    at = f"/rehearsals/{municipality}/{course}"
    standing = door.post(at)
    if strangers := {s["who"] for s in standing["steps"] if s["who"] and s["who"] != AUTO}:
        who = ", ".join(sorted(strangers))
        raise DoorShut(f"{standing['name']} har begynt på kurset ({who}). En automatisk øvelse ville blandet seg inn.")
    whole = next(c for c in door.get("/courses") if c["id"] == course)
    forms = {f["id"]: Form.model_validate(f) for f in door.get("/forms")}
    console.print(f"[bold]{whole['title']['nb']}[/] for {standing['name']}, uten mennesker.")
    for phase in whole["phase"]:
        console.print(f"\n[bold]{phase['title']['nb']}[/]")
        for step in phase["step"]:
            _take(door, at, step, forms, console)
    standing = door.get(at)
    show_verdict(standing, console)
    return bool(standing["readiness"]["is_ready"])


def _take(door: RehearsalDoor, at: str, step: dict[str, Any], forms: dict[str, Form], console: Console) -> None:
    if step["check"]:
        result = door.post(f"{at}/steps/{step['id']}/check", who=AUTO)
        show_result(step["title"]["nb"], result, console, is_whole=False)
        return
    if step["form"]:
        values = practised(forms[step["form"]])
        door.post(f"{at}/forms/{step['form']}", {"values": values, "who": AUTO})
    door.post(f"{at}/steps/{step['id']}", {"state": "done", "evidence": _DECLARED, "who": AUTO})
    console.print(f"  [dim]·[/] {step['title']['nb']} [dim]({step['owner']}, erklært)[/]")


def write_reports(door: RehearsalDoor, municipality: str, course: str, directory: Path) -> list[Path]:
    """Write the report as HTML and PDF in both languages and as JSON into `directory`. Raises DoorShut, OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    at = f"/rehearsals/{municipality}/{course}"
    wanted = {
        "report.html": ("report.html", {"lang": "nb"}),
        "report.pdf": ("report.pdf", {"lang": "nb"}),
        "report.en.html": ("report.html", {"lang": "en"}),
        "report.en.pdf": ("report.pdf", {"lang": "en"}),
    }
    files = []
    for name, (path, query) in wanted.items():
        file = directory / name
        file.write_bytes(door.content(f"{at}/{path}", **query))
        files.append(file)
    file = directory / "report.json"
    file.write_bytes(door.content(at))
    return [*files, file]
