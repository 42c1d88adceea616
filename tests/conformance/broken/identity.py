"""Faults in what a message is recognised by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connectors import Event, SafetyAlarmRaised
from connectors.connector import Told
from tests.conformance.broken import Broken
from tests.conformance.broken.sound import SoundConnector


class CutsNumbersOff(SoundConnector):
    """Keeps the first 64 characters of a number."""

    async def tell_all(self, events: Sequence[Event]) -> list[Told]:
        cut = [replace(e, number=e.number[:64]) if isinstance(e, SafetyAlarmRaised) else e for e in events]
        return await super().tell_all(cut)


class NumbersEveryTelling(SoundConnector):
    """Gives each telling a number of its own, so that a repeat is a new event."""

    told = 0

    async def tell_all(self, events: Sequence[Event]) -> list[Told]:
        self.told += 1
        new = [replace(e, number=f"{e.number}-{self.told}") if isinstance(e, SafetyAlarmRaised) else e for e in events]
        return await super().tell_all(new)


BROKEN = (
    Broken(CutsNumbersOff, "cuts long numbers off", ("messages.identity.long-numbers",)),
    Broken(NumbersEveryTelling, "numbers each telling anew", ("messages.identity.told-twice.mqtt",)),
)
