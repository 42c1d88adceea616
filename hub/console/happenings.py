"""A line of the flow in plain words, the same on the page and in the stream."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from hub.console import times
from hub.console.console import Console
from hub.console.words import say, say_or
from hub.console.words.english import in_language
from hub.fhir.codes import ALERT_CODE, name_of
from hub.store.flow import FlowRow

#: Everything that can happen, in the order in which it is offered as a filter.
WHATS = (
    "accepted",
    "amended",
    "duplicate",
    "conflict",
    "rejected",
    "settled",
    "postponed",
    "in_doubt",
    "waiting",
    "send_again",
    "alert",
)
_TONES = {
    "accepted": "in",
    "amended": "in",
    "duplicate": "quiet",
    "conflict": "warn",
    "rejected": "bad",
    "settled": "good",
    "postponed": "warn",
    "in_doubt": "warn",
    "waiting": "bad",
    "send_again": "in",
    "alert": "bad",
}


@dataclass(frozen=True, slots=True)
class Line:
    """What a row of the flow shows. `link` is where to look closer, empty where there is nothing more."""

    id: int
    at: str
    time: str
    what: str
    tone: str
    state: str
    about: str
    sender: str
    municipality: str
    link: str

    def as_json(self) -> dict[str, object]:
        """The line for the stream."""
        return asdict(self)


def line(row: FlowRow, console: Console, language: str) -> Line:
    """`row` in words."""
    return Line(
        id=row.id,
        at=row.at.isoformat(),
        time=times.time_of_day(row.at),
        what=row.what,
        tone=_TONES.get(row.what, "quiet"),
        state=say_or(language, f"what.{row.what}", row.what),
        about=_about(row, language),
        sender=row.sender or "",
        municipality=console.municipality_name(row.municipality),
        link=f"/cases/{row.case_id}" if row.case_id else ("/quarantine" if row.what == "rejected" else ""),
    )


def subject(kind: str | None, service: str | None, alert_code: str | None, language: str) -> str:
    """What a case is about, in a few words."""
    if kind is None:
        return ""
    known = name_of(ALERT_CODE, alert_code) if alert_code else None
    said = in_language(language, known).text if known else None
    name = say_or(language, f"kind.{kind}", kind)
    if said:
        return f"{name}: {said}"
    return f"{name}, {say_or(language, f'service.{service}', service or '').lower()}" if service else name


def _about(row: FlowRow, language: str) -> str:
    parts = [subject(row.kind, row.service, row.alert_code, language)]
    if row.destination:
        parts.append(say(language, f"destination.{row.destination}"))
        if row.detail:
            parts.append(say_or(language, f"reason.{row.detail}", row.detail))
    elif row.what == "alert" and row.detail:
        kind, _, about = row.detail.partition(" ")
        parts.append(f"{say_or(language, f'alert.{kind}', kind)} ({about})")
    elif row.detail:
        door, _, resource = row.detail.partition(" ")
        said = say_or(language, f"door.{door}", door)
        about = say_or(language, f"resource.{resource or 'message'}", resource)
        parts.append(f"{about} {said}")
    return " · ".join(part for part in parts if part)
