"""What was done about an alert: every word of handling in its general form."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.codes import StepCode
from connectors.composing.elements import says_something
from connectors.words import (
    Acknowledged,
    CalledOut,
    CallOutAccepted,
    Closed,
    Handled,
    Handling,
    Section,
    Step,
    TakenUp,
    Talked,
)

#: Somebody closed the case, which a text made of the steps would not say.
_NO_NOTE = "Lukket uten notat."


def in_general(word: Handling) -> Handled:
    """The word as steps and sections."""
    match word:
        case Handled():
            return word
        case TakenUp():
            return _one_step(word, Step(code=StepCode.TAKEN_UP, at=word.at))
        case Acknowledged():
            return _one_step(word, Step(code=StepCode.ACKNOWLEDGED, at=word.at))
        case CalledOut():
            to = f"Til {word.to}" if says_something(word.to) else None
            return _one_step(word, Step(code=StepCode.CALLED_OUT, at=word.at, text=to))
        case CallOutAccepted():
            return _one_step(word, Step(code=StepCode.CALL_OUT_ACCEPTED, at=word.at))
        case Talked():
            step = Step(code=StepCode.TALK, at=word.at, until=word.until, text=word.text)
            return Handled(alert=word.alert, at=word.until, by=word.by, steps=(step,), talk=word.mode)
        case Closed():
            sections = (Section(text=word.note if says_something(word.note) else _NO_NOTE),)
            return Handled(alert=word.alert, at=word.at, by=word.by, steps=tuple(_closing(word)), sections=sections)


def _one_step(word: TakenUp | Acknowledged | CalledOut | CallOutAccepted, step: Step) -> Handled:
    return Handled(alert=word.alert, at=word.at, by=word.by, steps=(step,))


def _closing(word: Closed) -> Iterator[Step]:
    if word.acknowledged_at is not None:
        yield Step(code=StepCode.ACKNOWLEDGED, at=word.acknowledged_at)
    if says_something(word.cause):
        yield Step(code=StepCode.CAUSE, at=word.at, text=word.cause)
    if says_something(word.action):
        yield Step(code=StepCode.ACTION, at=word.at, text=word.action)
