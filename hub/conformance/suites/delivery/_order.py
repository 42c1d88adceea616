"""In which order events were registered, told by the times that they happened at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors import SafetyAlarmRaised
from hub.conformance.national.heard import TakenIn, read
from hub.conformance.verdicts import both, expect
from hub.model.codes import ReceiptCode
from hub.model.times import parse_time


def expect_order(taken: Sequence[TakenIn], events: Sequence[SafetyAlarmRaised]) -> None:
    """Each person's `events`, which happened at different times, were registered in the order told."""
    people = {event.at: event.patient.value for event in events}
    came: dict[str, list[datetime]] = {}
    for each in taken:
        if each.outcome.code == ReceiptCode.ACCEPTED:
            at = next((time for time in _times(read(each.inbound.payload)) if time in people), None)
            if at is not None:
                came.setdefault(people[at], []).append(at)
    late = sum(times != sorted(times) for times in came.values())
    expect(
        not late and sum(map(len, came.values())) == len(events),
        expected=both("hver persons hendelser i rekkefølge", "each person's events in order"),
        seen=both(f"{late} av {len(came)} personer i feil rekkefølge", f"{late} of {len(came)} people out of order"),
    )


def _times(value: Any) -> Iterator[datetime]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _times(each)
    elif isinstance(value, list):
        for each in value:
            yield from _times(each)
    elif isinstance(value, str) and (time := parse_time(value)) is not None:
        yield time
