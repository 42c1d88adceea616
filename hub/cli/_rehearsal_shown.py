"""How the rehearsal looks in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_MARKS = {
    "passed": "[green]✓[/]",
    "failed": "[red]✗[/]",
    "person": "[yellow]?[/]",
    "skipped": "[dim]–[/]",
}
_STATES = {
    "open": "[dim]·[/]",
    "done": "[green]✓[/]",
    "planned": "[green]✓[/]",
    "failed": "[red]✗[/]",
    "person": "[yellow]?[/]",
    "not_relevant": "[dim]–[/]",
}


def show_course(course: Mapping[str, Any], standing: Mapping[str, Any], console: Console) -> None:
    """Every phase and step with its mark, id, title and roles."""
    states = {s["step"]: s["state"] for s in standing["steps"]}
    console.print(f"[bold]{course['title']['nb']}[/], {escape(standing['name'])}")
    for phase in course["phase"]:
        console.print(f"\n[bold]{phase['title']['nb']}[/]")
        for step in phase["step"]:
            roles = " ".join(step["roles"])
            title = step["title"]["nb"]
            console.print(f"  {_STATES[states[step['id']]]} {step['id']:<20} {title} [dim]{roles}[/]")
    summary = standing["readiness"]
    console.print(f"\n{summary['over']} av {summary['steps']} steg er ferdige.")


def show_step(course: Mapping[str, Any], step: Mapping[str, Any], of: Mapping[str, Any], console: Console) -> None:
    """One step with all that there is to know about it."""
    console.print(f"\n[bold]{step['title']['nb']}[/]  {_STATES[of['state']]}")
    console.print(step["what"]["nb"])
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    table.add_row("Hvem", " ".join(step["roles"]))
    table.add_row("Eier", step["owner"])
    for text in step["decide"]:
        table.add_row("Bestem", text["nb"])
    table.add_row("Bevis", step["evidence"]["nb"])
    table.add_row("Kilde", source_of(course, step))
    if of["evidence"]:
        table.add_row("Sagt", escape(f"{of['evidence']} ({of['who']})"))
    for note in of["notes"]:
        table.add_row("Merknad", escape(note))
    console.print(table)
    if of["result"]:
        show_result("Siste kontroll", of["result"], console, is_whole=True)


def source_of(course: Mapping[str, Any], step: Mapping[str, Any]) -> str:
    """Where a step is known from, or that it is not."""
    source = next((s for s in course["source"] if s["id"] == step["source"]), None)
    if source is None:
        return "ikke bekreftet av NHN"
    words = {"published": "publisert", "read": "lest"}
    return f"{source['title']} ({words[source['date_is']]} {source['date']})"


def show_result(title: str, result: Mapping[str, Any], console: Console, *, is_whole: bool) -> None:
    """What a check found; `is_whole` shows each case's note, otherwise only what is not as it should be."""
    console.print(f"  {_MARKS[result['verdict']]} {title} [dim]({result['seconds']:.1f} s)[/]")
    for said in result["said"]:
        console.print(f"      {_MARKS[said['verdict']]} {escape(said['text']['nb'])}", highlight=False)
    for case in result["cases"]:
        grade = f" [red](grad {case['grade']})[/]" if case["grade"] else ""
        console.print(f"      {_MARKS[case['verdict']]} {escape(case['title']['nb'])}{grade}", highlight=False)
        if case["verdict"] == "failed":
            for said in case["said"]:
                if said["verdict"] == "failed":
                    console.print(f"          {escape(said['text']['nb'])}", highlight=False)
        if case["pairs"] and (is_whole or case["verdict"] == "failed"):
            console.print(_side_by_side(case["pairs"]))


def _side_by_side(pairs: list[dict[str, Any]]) -> Table:
    table = Table("Ventet", "Notatet i EPJ", padding=(0, 1))
    for pair in pairs:
        actual = "[red]mangler[/]" if pair["actual"] is None else escape(pair["actual"])
        table.add_row("[dim]–[/]" if pair["expected"] is None else escape(pair["expected"]), actual)
    return table


def show_verdict(standing: Mapping[str, Any], console: Console) -> None:
    """Whether the municipality is ready, and what stands in the way."""
    summary = standing["readiness"]
    console.print()
    if not summary["is_ready"]:
        console.print("[bold red]Ikke klar.[/] Dette står i veien:")
        for line in summary["blocking"]:
            console.print(f"  – {escape(line['nb'])}", highlight=False)
    elif summary["is_rehearsal_only"]:
        console.print(
            f"[bold green]Øvelsen er klar.[/] Knutepunktet har kontrollert {summary['checked']} steg. "
            f"{summary['declared']} steg er bare erklært av øvelsen; dem må mennesker gjøre."
        )
    else:
        console.print("[bold green]Klar.[/] Ingenting står i veien.")
