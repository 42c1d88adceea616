"""`knutepunkt rehearse`: NHN's connection process as a course in the terminal, by hand or unattended."""

from __future__ import annotations

import contextlib
import getpass
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from hub.cli._rehearsal_door import DoorShut, RehearsalDoor
from hub.cli._rehearsal_session import HERE, Asked, told

app = typer.Typer(
    invoke_without_command=True,
    help="Øv på å koble til en kommune. Uten kommando: kurset steg for steg. Med --auto: hele øvelsen uten mennesker.",
)

DataDir = Annotated[
    Path | None, typer.Option(help="Datamappen til knutepunktet som kjører. Uten: et eget startes for øvelsen.")
]
Course = Annotated[Literal["vkp", "jft"] | None, typer.Option(help="vkp, eller jft for JFT og PIT.")]
Municipality = Annotated[str | None, typer.Option(help="Kommunens organisasjonsnummer. Uten: den første i oppsettet.")]
Step = Annotated[str, typer.Argument(help="Stegets id, som `list` viser.")]
Who = Annotated[str | None, typer.Option(help="Hvem som sier det. Uten: brukernavnet.")]


@app.callback()
def rehearse(
    ctx: typer.Context,
    data_dir: DataDir = None,
    course: Course = None,
    municipality: Municipality = None,
    config: Annotated[Path | None, typer.Option(help="Konfigurasjon for et knutepunkt som startes her.")] = None,
    auto: Annotated[bool, typer.Option("--auto", help="Kjør hele øvelsen uten mennesker.")] = False,
    report: Annotated[Path | None, typer.Option(help="Mappe for testrapporten (HTML, PDF og JSON).")] = None,
) -> None:
    """Øv på tilkobling av en kommune. Status 0 bare når øvelsen ender klar (med --auto)."""
    asked = Asked(data_dir, course or "vkp", municipality, config)
    ctx.obj = asked
    if ctx.invoked_subcommand is not None:
        return
    console = Console(highlight=False)
    with told():
        if auto:
            is_ready = _unattended(asked, report, console)
            raise typer.Exit(0 if is_ready else 1)
        _guided(asked, course, report, console)


def _unattended(asked: Asked, report: Path | None, console: Console) -> bool:
    from hub.cli._rehearsal_auto import rehearse as go_through

    with asked.hub() as (door, municipality):
        is_ready = go_through(door, municipality, asked.course, console)
        if report is not None:
            _write(door, municipality, asked.course, report)
    return is_ready


def _guided(asked: Asked, course: str | None, report: Path | None, console: Console) -> None:
    from hub.cli._rehearsal_guide import Guide, chosen_course, typed

    if asked.data_dir is None:
        asked = Asked(HERE, asked.course, asked.municipality, asked.config)
    is_running = (asked.data_dir is not None) and (asked.data_dir / "endpoints.json").exists()
    console.print(f"Velkommen. {'Knutepunktet kjører.' if is_running else 'Starter et knutepunkt å øve på …'}")
    with contextlib.ExitStack() as stack:
        if not is_running and asked.data_dir is not None:
            asked.start(stack, asked.data_dir)
        door, municipality = stack.enter_context(asked.hub())
        chosen = course or chosen_course(typed, console)
        standing = door.post(f"/rehearsals/{municipality}/{chosen}")
        console.print(
            f"Du øver for [bold]{standing['name']}[/] ({municipality}). Samme kurs i nettleseren: {door.http}"
        )
        whole = next(c for c in door.get("/courses") if c["id"] == chosen)
        Guide(door, municipality, whole, _me(None), console, typed).run()
        if report is not None:
            _write(door, municipality, chosen, report)
        console.print(f"Alt er lagret i {asked.data_dir}. Fortsett med samme kommando.")


def _write(door: RehearsalDoor, municipality: str, course: str, directory: Path) -> None:
    from hub.cli._rehearsal_auto import write_reports

    for file in write_reports(door, municipality, course, directory):
        typer.echo(f"Skrev {file}")


def _me(who: str | None) -> str:
    return who or getpass.getuser()


def _here(ctx: typer.Context) -> tuple[RehearsalDoor, str]:
    asked: Asked = ctx.obj
    return asked.rehearsal()


def _course(door: RehearsalDoor, at: str) -> dict[str, Any]:
    return next(c for c in door.get("/courses") if at.endswith(f"/{c['id']}"))


@app.command("list")
def listing(ctx: typer.Context) -> None:
    """List fasene og stegene, med hvor langt kommunen har kommet."""
    from hub.cli._rehearsal_shown import show_course

    with told():
        door, at = _here(ctx)
        show_course(_course(door, at), door.get(at), Console(highlight=False))


@app.command()
def status(
    ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Skriv alt som JSON.")] = False
) -> None:
    """Er kommunen klar, og hva står i veien? Status 1 når den ikke er klar."""
    from hub.cli._rehearsal_shown import show_verdict

    with told():
        door, at = _here(ctx)
        standing = door.get(at)
    if as_json:
        typer.echo(json.dumps(standing, ensure_ascii=False))
    else:
        show_verdict(standing, Console(highlight=False))
    if not standing["readiness"]["is_ready"]:
        raise typer.Exit(1)


@app.command()
def show(ctx: typer.Context, step: Step) -> None:
    """Vis et steg: hva, hvem, bevis, kilde og siste kontroll."""
    from hub.cli._rehearsal_shown import show_step

    with told():
        door, at = _here(ctx)
        course = _course(door, at)
        found = next((s for phase in course["phase"] for s in phase["step"] if s["id"] == step), None)
        if found is None:
            raise DoorShut("Kurset har ikke noe slikt steg. `list` viser dem.")
        of = next(s for s in door.get(at)["steps"] if s["step"] == step)
        show_step(course, found, of, Console(highlight=False))


@app.command()
def check(ctx: typer.Context, step: Step, who: Who = None) -> None:
    """La knutepunktet kontrollere et steg. Status 1 når det ikke består."""
    from hub.cli._rehearsal_shown import show_result

    with told():
        door, at = _here(ctx)
        result = door.post(f"{at}/steps/{step}/check", who=_me(who))
        show_result(step, result, Console(highlight=False), is_whole=True)
    if result["verdict"] == "failed":
        raise typer.Exit(1)


@app.command("do")
def do(
    ctx: typer.Context,
    step: Step,
    evidence: Annotated[str, typer.Option(help="Hvor det kan ses at steget er gjort.")] = "",
    not_relevant: Annotated[
        bool, typer.Option("--not-relevant", help="Steget gjelder ikke; --evidence sier hvorfor.")
    ] = False,
    again: Annotated[bool, typer.Option("--open", help="Åpne steget igjen.")] = False,
    who: Who = None,
) -> None:
    """Merk et steg som ferdig."""
    state = "open" if again else "not_relevant" if not_relevant else "done"
    with told():
        door, at = _here(ctx)
        standing = door.post(f"{at}/steps/{step}", {"state": state, "evidence": evidence, "who": _me(who)})
        reached = next(s for s in standing["steps"] if s["step"] == step)
    if state == "done" and reached["state"] not in {"done", "planned"}:
        typer.echo("Lagret, men steget er ikke ferdig: noe i skjemaet mangler.", err=True)
        raise typer.Exit(1)
    typer.echo("Lagret.")


@app.command()
def note(
    ctx: typer.Context, step: Step, text: Annotated[str, typer.Argument(help="Merknaden.")], who: Who = None
) -> None:
    """Skriv en merknad på et steg."""
    with told():
        door, at = _here(ctx)
        door.post(f"{at}/steps/{step}/notes", {"text": text, "who": _me(who)})
    typer.echo("Lagret.")


@app.command()
def form(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Skjemaets id, f.eks. mapping.")],
    fill: Annotated[
        Path | None, typer.Option(help="JSON-fil med feltene (samme form som skjemaet skrives ut i).")
    ] = None,
    as_: Annotated[Literal["json", "csv", "md"], typer.Option("--as", help="json, csv eller md")] = "md",
    who: Who = None,
) -> None:
    """Skriv ut et skjema, eller fyll det ut fra en fil."""
    with told():
        door, at = _here(ctx)
        if fill is None:
            typer.echo(door.content(f"{at}/forms/{name}", **{"as": as_}).decode(), nl=False)
            return
        try:
            values = json.loads(fill.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DoorShut(f"{fill} kan ikke leses som JSON.") from error
        door.post(f"{at}/forms/{name}", {"values": values.get("values", values), "who": _me(who)})
    typer.echo("Lagret.")


@app.command()
def deviation(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Avvikets id, f.eks. acceptance-test/dispense.")],
    title: Annotated[str, typer.Option(help="Hva som er galt.")],
    grade: Annotated[Literal["A", "B", "C"], typer.Option(help="A og B må rettes; C kan godtas med plan.")],
    plan: Annotated[str, typer.Option(help="Hva som skal gjøres.")] = "",
    responsible: Annotated[str, typer.Option(help="Hvem som gjør det.")] = "",
    due: Annotated[str, typer.Option(help="Frist, ÅÅÅÅ-MM-DD.")] = "",
    closed: Annotated[bool, typer.Option("--closed", help="Avviket er rettet.")] = False,
    who: Who = None,
) -> None:
    """Registrer, grader, planlegg eller lukk et avvik."""
    body = {"title": title, "grade": grade, "plan": plan, "responsible": responsible, "due": due, "closed": closed}
    with told():
        door, at = _here(ctx)
        door.post(f"{at}/deviations/{name}", {**body, "who": _me(who)})
    typer.echo("Lagret.")


@app.command()
def case(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="JSON-fil med et eget tilfelle. Uten: vis de som finnes.")] = None,
    drop: Annotated[str | None, typer.Option(help="Ta ut det egne tilfellet med denne id-en.")] = None,
) -> None:
    """Legg til et eget akseptansetilfelle, eller vis dem som finnes (som mal for egne)."""
    with told():
        door, at = _here(ctx)
        if drop is not None:
            door.delete(f"{at}/cases/{drop}")
        elif file is None:
            typer.echo(json.dumps([*door.get("/cases"), *door.get(at)["cases"]], ensure_ascii=False, indent=2))
            return
        else:
            try:
                door.post(f"{at}/cases", json.loads(file.read_text(encoding="utf-8")))
            except (OSError, ValueError) as error:
                raise DoorShut(f"{file} kan ikke leses som JSON.") from error
    typer.echo("Lagret.")


@app.command("report")
def reporting(ctx: typer.Context, directory: Annotated[Path, typer.Argument(help="Mappe for rapporten.")]) -> None:
    """Skriv testrapporten og klarmeldingen som HTML, PDF og JSON."""
    with told():
        door, at = _here(ctx)
        _, _, municipality, course = at.split("/")
        _write(door, municipality, course, directory)
