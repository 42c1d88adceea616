"""A person who is there while tests run: does what the kit can't, and says what only eyes can see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

from hub.conformance.verdicts import Failed, Skipped, Waiting, both
from hub.model.language import Text

#: To `do` something and say when it is done, or to look and say whether it is so (`see`).
Kind = Literal["do", "see"]
#: What the person answers: it is done or so, it is not so, or they would rather pass the test by.
Answer = Literal["yes", "no", "skip"]
#: Shows a text to the person and waits for the answer.
Person = Callable[[Kind, Text], Awaitable[Answer]]


async def ask_to_do(person: Person | None, text: Text) -> None:
    """Wait until a person has done what `text` says. Waiting without one, Skipped when they won't."""
    if await _asked(person, "do", text) != "yes":
        raise _passed_by()


async def ask_whether(person: Person | None, text: Text) -> None:
    """Let a person see whether `text` is so; Failed when it isn't. Waiting without one, Skipped when they won't."""
    answer = await _asked(person, "see", text)
    if answer == "skip":
        raise _passed_by()
    if answer == "no":
        raise Failed(both("den som så etter, sier nei", "the person who looked says no"), expected=text)


async def _asked(person: Person | None, kind: Kind, text: Text) -> Answer:
    if person is None:
        raise Waiting(text)
    return await person(kind, text)


def _passed_by() -> Skipped:
    return Skipped(both("hoppet over av den som prøver", "passed by by the person who tests"))
