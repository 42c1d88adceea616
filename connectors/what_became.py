"""What a person who runs a connector should hear of events: what needs a person, and trouble on the way."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator

from connectors.spool import Fate, Report
from hub.model.person import without_identity_numbers

_NEEDS_A_PERSON = {Fate.REFUSED: "er avvist og sendes ikke igjen", Fate.FAILED: "ble ikke journalført"}


async def what_became(reports: AsyncIterable[Report]) -> AsyncIterator[str]:
    """Lines for people. Trouble that goes on is told once, and its end; what goes well is not told."""
    trouble = ""
    async for report in reports:
        text = without_identity_numbers(report.text)
        if said := _NEEDS_A_PERSON.get(report.fate):
            yield f"Hendelse {report.number} {said}" + (f": {text}" if text else "")
        elif report.fate is Fate.WAITING and text != trouble:
            yield f"Får ikke levert for tiden, og prøver igjen: {text}"
            trouble = text
        elif report.fate is not Fate.WAITING and trouble:
            yield "Leverer igjen."
            trouble = ""
