"""Faults in corrections and retractions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connectors import Closed, Corrected, DispenseGiven, Event, Retracted
from connectors.connector import Told
from connectors.spool import Fate
from tests.conformance.broken import Broken
from tests.conformance.broken.around import Rewired
from tests.conformance.broken.retelling import Altering, Json, Retelling, objects_in, renumbered
from tests.conformance.broken.sound import SoundConnector


class CorrectionsAreNew(Retelling):
    """A corrected event has a number of its own."""

    def retold(self, event: Any) -> Event | None:
        told: Event = renumbered(event, lambda number: f"{number}-2") if isinstance(event, Corrected) else event
        return told


class CorrectionsWithoutTime(Retelling):
    """A correction has the time of what it corrects, and a little."""

    def retold(self, event: Any) -> Event | None:
        told: Event = event
        if isinstance(event, Corrected):
            told = replace(event, at=event.event.at.replace(microsecond=500_000))
        return told


class CorrectsOnce(Retelling):
    """Only the first correction is told."""

    has_corrected = False

    def retold(self, event: Any) -> Event | None:
        if isinstance(event, Corrected):
            was, self.has_corrected = self.has_corrected, True
            return None if was else event
        told: Event = event
        return told


class NotesAreAdded(Retelling):
    """A corrected note is one more note."""

    def retold(self, event: Any) -> Event | None:
        told: Event = event
        if isinstance(event, Corrected) and isinstance(event.event, Closed):
            told = replace(event.event, at=event.at)
        return told


class CorrectsNow(Retelling):
    """A correction has the time when it was told."""

    def retold(self, event: Any) -> Event | None:
        told: Event = replace(event, at=datetime.now(UTC)) if isinstance(event, Corrected) else event
        return told


class RetractsByWord(Retelling):
    """What is retracted is told once more as it was."""

    def retold(self, event: Any) -> Event | None:
        told: Event = Corrected(event=event.event, at=event.at) if isinstance(event, Retracted) else event
        return told


class RetractionsAreNew(Retelling):
    """A retraction has a number of its own."""

    def retold(self, event: Any) -> Event | None:
        told: Event = renumbered(event, lambda number: f"{number}-R") if isinstance(event, Retracted) else event
        return told


class RetractsTheDeliveredOnly(SoundConnector):
    """While something waits to be sent, retractions are not heard."""

    async def tell_all(self, events: Sequence[Event]) -> list[Told]:
        waits = any(report.fate is Fate.WAITING for report in await self.known())
        return await super().tell_all([e for e in events if not (waits and isinstance(e, Retracted))])


class RaisesBeforeRetracting(Retelling):
    """A retraction of what it doesn't know is told as the event."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._known: list[Event] = []

    def retold(self, event: Any) -> Event | None:
        if isinstance(event, Retracted) and event.event not in self._known:
            return event.event
        self._known.append(event)
        told: Event = event
        return told


class RetractsTheAlarmToo(Rewired):
    """When a note was an error, so was the alarm."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            within = list(objects_in(message))
            if any(each.get("status") == "entered-in-error" for each in within):
                for each in within:
                    if each.get("resourceType") == "DetectedIssue":
                        each["status"] = "entered-in-error"
            return message


class DosesAreFinal(Retelling):
    """A dose that was told stays told."""

    def retold(self, event: Any) -> Event | None:
        return None if isinstance(event, Retracted) and isinstance(event.event, DispenseGiven) else event


BROKEN = (
    Broken(CorrectionsAreNew, "corrections are new events", ("messages.amendment.amended.mqtt",)),
    Broken(CorrectionsWithoutTime, "corrections have the old time", ("messages.amendment.newer-time.mqtt",)),
    Broken(CorrectsOnce, "corrects once", ("messages.amendment.corrected-twice",)),
    Broken(NotesAreAdded, "a corrected note is one more", ("messages.amendment.note-corrected.mqtt",)),
    Broken(CorrectsNow, "corrections of the moment", ("messages.amendment.correction-told-twice",)),
    Broken(RetractsByWord, "retracts nothing", ("messages.retraction.entered-in-error.mqtt",)),
    Broken(RetractionsAreNew, "retractions are new events", ("messages.retraction.same-case.mqtt",)),
    Broken(RetractsTheDeliveredOnly, "forgets to retract what waits", ("messages.retraction.never-delivered.mqtt",)),
    Broken(RaisesBeforeRetracting, "raises what it retracts", ("messages.retraction.unknown-alarm",)),
    Broken(RetractsTheAlarmToo, "retracts the alarm with the note", ("messages.retraction.handling-only",)),
    Broken(DosesAreFinal, "never retracts doses", ("messages.retraction.dose-retracted",)),
)
