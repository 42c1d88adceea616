"""Notes for the tests of adapters and simulated EPJs."""

from __future__ import annotations

import itertools
from dataclasses import replace

from epj_adapter.example_note import AMENDED, NOTE
from hub.model.note import JournalNote

_numbers = itertools.count(1)


def fresh_note() -> JournalNote:
    """The example note under a key that no other test uses."""
    return replace(NOTE, key=f"test-{next(_numbers)}")


def amended(note: JournalNote) -> JournalNote:
    """The same case in its second revision."""
    return replace(AMENDED, key=note.key)
