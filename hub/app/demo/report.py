"""The demo's table at the end, for somebody who sees it for the first time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from hub.app.demo.truth import Judgement
from hub.metering.month_estimate import month_estimate
from hub.model.money import to_kroner
from hub.model.usage import UsageRecord


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that the demo ends with."""

    judgement: Judgement
    published: int
    sent_again: int
    summary: Mapping[str, int]
    quarantine: Sequence[Mapping[str, Any]]
    usage: Sequence[UsageRecord]
    late_alerts: int
    never_answered: int
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether nothing was lost or doubled, and the use was metered once for each note."""
        return self.judgement.is_right and len(self.usage) == self.judgement.journal_notes

    def as_json(self) -> dict[str, Any]:
        """The keys that scripts read."""
        return {
            "published": self.published,
            "unique_cases": self.judgement.unique_cases,
            "journal_notes": self.judgement.journal_notes,
            "registered_twice": self.judgement.registered_twice,
            "lost": self.judgement.lost,
            "quarantined": self.summary["quarantined"],
            "duplicates_suppressed": self.summary["duplicates"],
            "usage_records": len(self.usage),
            "seconds": round(self.seconds, 1),
            "technical_alerts": self.summary["technical_alerts"],
            "not_acknowledged_in_time": self.summary["escalated"],
            "alerts_late": self.late_alerts,
            "alerts_never_answered": self.never_answered,
            "amended": self.summary["amended"],
        }


def show(result: Result, names: Mapping[str, str], console: Console, *, total_kroner: int) -> None:
    """Print the tables."""
    console.print(_overview(result))
    console.print(_quarantine(result.quarantine))
    console.print(_use(result.usage, names, total_kroner))
    verdict = (
        "[bold green]Hver sak er ført nøyaktig én gang.[/]"
        if result.is_right
        else "[bold red]Noe er tapt eller dobbeltført![/]"
    )
    console.print(verdict)


def _overview(result: Result) -> Table:
    judgement, summary = result.judgement, result.summary
    table = Table(title="Døgnet i tall", title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column(style="dim")
    rows = [
        ("Hendelser publisert", result.published, "meldinger fra utstyr, skyer og responssenter"),
        ("Unike saker", judgement.unique_cases, "som skal bli et notat, etter simulatorens egen fasit"),
        ("Journalnotater i EPJ", judgement.journal_notes, "talt i EPJ-enes egne lagre"),
        ("Registrert to ganger", judgement.registered_twice, "skal være 0"),
        ("Tapt", judgement.lost, "skal være 0"),
        ("I karantene", summary["quarantined"], "ødelagte meldinger, tatt vare på"),
        ("Gjentakelser stanset", summary["duplicates"], "samme melding på nytt, ikke ført igjen"),
        ("Rettet eller supplert", summary["amended"], "nye utgaver av kjente meldinger"),
        ("Ikke kvittert i tide", summary["escalated"], "varslet drift, journalført som ikke kvittert"),
        ("Varsler forsinket", result.late_alerts, "nådde responssenteret over en halv time etter at de ble utløst"),
        ("Varsler aldri besvart", result.never_answered, "ingen fulgte dem opp"),
        ("Tekniske varsler", summary["technical_alerts"], "til drift, ikke til journalen"),
        ("Målte saker", len(result.usage), "bruksposter, én per ført sak"),
    ]
    for name, number, words in rows:
        table.add_row(name, str(number), words)
    return table


def _quarantine(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table("Antall", "Element", "Hva som er galt", title="Karantenen", title_justify="left")
    reasons = Counter((f["path"], f["advice"]) for row in rows for f in row["findings"] if f["severity"] == "error")
    for (path, advice), number in reasons.most_common():
        table.add_row(str(number), path, advice)
    return table


def _use(usage: Sequence[UsageRecord], names: Mapping[str, str], total_kroner: int) -> Table:
    estimate = month_estimate(usage, total=Decimal(total_kroner))
    table = Table("Kommune", "Tjeneste", "Saker i måneden", "Brukere", "Kroner i måneden", title_justify="left")
    table.title = "Bruk, og hva måneden ville kostet"
    for column in table.columns[2:]:
        column.justify = "right"
    for row in estimate.rows:
        table.add_row(
            names.get(row.municipality, row.municipality),
            row.service_name,
            str(row.cases_month),
            str(row.users),
            f"{to_kroner(row.ore):.2f}".replace(".", ","),
        )
    table.add_section()
    table.add_row(
        "Sum",
        "",
        str(sum(row.cases_month for row in estimate.rows)),
        "",
        f"{to_kroner(estimate.total_ore):.2f}".replace(".", ","),
    )
    table.caption = " ".join(estimate.assumptions)
    table.caption_justify = "left"
    return table
