from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from connectors import Fate, Report
from connectors.what_became import what_became

AT = datetime(2025, 3, 3, 8, tzinfo=UTC)


async def told(*reports: Report) -> list[str]:
    async def coming() -> AsyncIterator[Report]:
        for report in reports:
            yield report

    return [line async for line in what_became(coming())]


def report(number: int, fate: Fate, text: str = "") -> Report:
    return Report(number, fate, AT, text=text)


async def test_trouble_is_told_when_it_begins_changes_and_ends() -> None:
    down, slow = report(1, Fate.WAITING, "no connection"), report(2, Fate.WAITING, "no receipt in time")
    lines = await told(down, down, slow, slow, report(1, Fate.TAKEN), report(2, Fate.TAKEN))
    again = "Får ikke levert for tiden, og prøver igjen: "
    assert lines == [f"{again}no connection", f"{again}no receipt in time", "Leverer igjen."]


async def test_what_needs_a_person_is_told_of_each_event_and_without_identity_numbers() -> None:
    refused = report(7, Fate.REFUSED, "HTTP 403 07885132000")
    lines = await told(report(6, Fate.TAKEN), refused, report(8, Fate.FAILED))
    assert lines == [
        "Hendelse 7 er avvist og sendes ikke igjen: HTTP 403 [fjernet]",
        "Hendelse 8 ble ikke journalført",
    ]
