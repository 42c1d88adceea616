"""A case from button press to journal note as steps on a time line, in plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.console.words import say, say_or
from hub.model.case import CaseHistory, CaseMessage
from hub.store.flow import FlowRow
from hub.store.overview import DeliveryLine, Told

#: What is told by the messages themselves, or kept for good among what is told of deliveries.
_TOLD_ELSEWHERE = frozenset({"accepted", "amended", "postponed", "in_doubt", "waiting", "send_again"})
_TONES = {"duplicate": "quiet", "conflict": "warn", "settled": "good", "alert": "bad"}
_TOLD_TONES = {"postponed": "warn", "stopped": "bad", "send_again": "in"}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened. `message` is the number of the message that it is about, 0 for none."""

    at: datetime
    tone: str
    title: str
    text: str
    message: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a case: its history, the flow's lines, what is told of deliveries and how they stand."""

    history: CaseHistory
    flow: Sequence[FlowRow]
    told: Sequence[Told]
    deliveries: Sequence[DeliveryLine]


def steps(known: Known, language: str) -> list[Step]:
    """Every step, in the order of their times."""
    found = [
        Step(known.history.occurred_at, "event", say(language, "step.occurred"), say(language, "step.occurred_text")),
        *(_message(m, language) for m in known.history.messages),
        *_lines(known, language),
        *(_told(t, language) for t in known.told),
        *_escalated(known.history, language),
    ]
    return sorted(found, key=lambda step: step.at)


def _message(message: CaseMessage, language: str) -> Step:
    key = {"superseded": "current"}.get(message.standing, message.standing)
    if key == "current":
        key = "first" if message.number == 1 else ("version" if message.replaces else "added")
    title = say(language, f"step.{key}", number=message.number, replaces=message.replaces or "")
    kind = say_or(language, f"resource.{message.resource_type}", message.resource_type)
    text = say(language, "step.from", kind=kind, sender=message.sender)
    if message.remarks:
        text += " " + say(language, "step.remarks", count=len(message.remarks))
    return Step(message.registered_at, "in" if message.standing != "late" else "quiet", title, text, message.number)


def _lines(known: Known, language: str) -> Iterator[Step]:
    settled = set()
    for row in known.flow:
        if row.what == "settled":
            settled.add(row.destination)
            yield _settled(row.at, row.destination or "", row.number or 0, language)
        elif row.what not in _TOLD_ELSEWHERE:
            title = say_or(language, f"step.{row.what}", row.what)
            detail = (row.detail or "").partition(" ")[0] if row.what == "alert" else ""
            text = say_or(language, f"alert.{detail}", detail) if detail else row.sender or ""
            yield Step(row.at, _TONES.get(row.what, "quiet"), title, text, row.number or 0)
    for delivery in known.deliveries:
        if delivery.settled_at is not None and delivery.destination not in settled:
            yield _settled(delivery.settled_at, delivery.destination, delivery.note_revision, language)


def _settled(at: datetime, destination: str, revision: int, language: str) -> Step:
    if destination != "epj":
        return Step(at, "good", say(language, "step.confirmed"), say(language, "step.confirmed_text"))
    key = "step.journaled" if revision <= 1 else "step.journaled_again"
    return Step(at, "good", say(language, key), say(language, "step.revision", revision=revision))


def _told(told: Told, language: str) -> Step:
    where = say_or(language, f"destination.{told.destination}", told.destination)
    title = say_or(language, f"told.{told.what}", told.what)
    detail = say_or(language, f"reason.{told.detail}", told.detail)
    return Step(told.at, _TOLD_TONES.get(told.what, "in"), title, f"{where}: {detail}" if detail else where)


def _escalated(history: CaseHistory, language: str) -> Iterator[Step]:
    if history.not_acknowledged_at is not None:
        text = say(language, "step.escalated_text", minutes=(history.escalated_after_s or 0) // 60)
        yield Step(history.not_acknowledged_at, "bad", say(language, "step.escalated"), text)
