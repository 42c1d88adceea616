"""Ids of versions: the case's UUID with the number of the change in its last 16 bits.

A reader that pages gets a GUID for every version of a note, and the hub needs no table to tell which it was.
"""

from __future__ import annotations

import re

VERSION_BITS = 16
#: The tag of a journal note where single events are read beside it.
CONTENT_SYSTEM, JOURNAL_NOTE = "urn:knutepunkt:content", "journal-note"
_DIGITS = VERSION_BITS // 4
_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def version_id(case_id: str, change: int) -> str:
    """The id of the case's version `change`, which is taken modulo 65,536."""
    return f"{case_id[:-_DIGITS]}{change % 2**VERSION_BITS:0{_DIGITS}x}"


def case_and_change(text: str) -> tuple[str, int] | None:
    """The case and the change that a version's id names, or None when it is no such id."""
    if not _FORM.fullmatch(text):
        return None
    return text[:-_DIGITS] + "0" * _DIGITS, int(text[-_DIGITS:], 16)
