"""How a test ends when it doesn't simply pass: by raising one of these.

Verdict
├── Failed     the system under test did something else than it must
├── Skipped    it can't be told here: something that the test needs is missing
├── Omitted    the test is about something that the system doesn't do
└── Waiting    a person must act first, and nobody is there

Any other exception is an error of the kit or of its surroundings, and is reported as one.
"""

from __future__ import annotations

from collections.abc import Iterable

from hub.model.language import Text


class Verdict(Exception):
    """Ends a test. `text` says why, in both languages; it never holds an identity number."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Failed(Verdict):
    """`expected` was what must happen; `text` is what was seen instead."""

    def __init__(self, text: Text, *, expected: Text) -> None:
        super().__init__(text)
        self.expected = expected


class Skipped(Verdict):
    """The test could not be made."""


class Omitted(Verdict):
    """The test does not apply to this system."""


class Waiting(Verdict):
    """A person must do what `text` says before the test can go on."""


def both(nb: str, en: str) -> Text:
    """The same in Norwegian and English."""
    return Text(nb=nb, en=en)


def listed(found: Iterable[object]) -> str:
    """What was found, as a reader wants it: with commas, and a dash for what there is not."""
    return ", ".join("–" if each is None or each == "" else str(each) for each in found) or "–"


def expect(holds: object, *, expected: Text, seen: Text) -> None:
    """Raise `Failed` unless `holds` is true."""
    if not holds:
        raise Failed(seen, expected=expected)
