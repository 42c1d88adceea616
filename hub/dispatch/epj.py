"""The EPJ as a destination: look up after doubt, write the first time, amend after that."""

from __future__ import annotations

from time import monotonic

from hub.dispatch.destination import Attempt, Receipt
from hub.journal import compose
from hub.model.errors import NotAnsweredYet, OutcomeUnknown, Refused
from hub.model.note import JournalNote
from hub.model.ports import EpjAdapter, Written


class EpjDestination:
    """Delivers journal notes through one adapter.

    An EPJ that did not answer in time may be at work on the note yet. Where it doesn't itself refuse a second one, a
    look-up that finds nothing new is believed only `patience_s` seconds later; until then it is looked up again. What
    another run of the hub left in doubt may have been asked for at its very end, so that is as late as our start.
    """

    is_metered = True

    def __init__(self, adapter: EpjAdapter, *, max_in_flight: int, patience_s: float = 0.0) -> None:
        self._adapter = adapter
        self._patience_s = 0.0 if adapter.abilities.conditional_create else patience_s
        self._started = monotonic()
        self._may_come: dict[str, float] = {}
        self.can_find = adapter.abilities.find
        self.max_in_flight = max_in_flight

    async def deliver(self, attempt: Attempt) -> Receipt:
        """Compose the note and make the EPJ hold it. Raises a DeliveryFailed."""
        note = compose(attempt.history)
        try:
            return await self._delivered(note, attempt)
        except NotAnsweredYet:
            self._doubt(note.key, self._patience_s)
            raise
        except OutcomeUnknown:
            if not attempt.is_doubtful:  # the line broke under our first request: nobody is at work any more
                self._doubt(note.key, 0.0)
            raise

    async def _delivered(self, note: JournalNote, attempt: Attempt) -> Receipt:
        if attempt.is_doubtful:
            return await self._after_doubt(note, attempt)
        if attempt.reference is None:
            return await self._completed(note, await self._adapter.write(note, note.key))
        if attempt.note_revision >= note.revision:
            return Receipt(attempt.reference, attempt.note_revision)
        written = await self._adapter.amend(note, note.key, reference=attempt.reference, since=attempt.note_revision)
        return Receipt(written.reference, written.revision)

    async def _after_doubt(self, note: JournalNote, attempt: Attempt) -> Receipt:
        found = await self._adapter.find(note.key)
        if (found is None or found.revision < note.revision) and self._may_come_yet(note.key):
            raise OutcomeUnknown("the EPJ may be at work on the note yet")
        if found is not None:
            receipt = await self._completed(note, found)
            return Receipt(receipt.reference, receipt.note_revision, ("found", "var registrert likevel"))
        if attempt.reference is not None:
            raise Refused("the EPJ no longer has the note that it confirmed")
        written = await self._adapter.write(note, note.key)
        receipt = await self._completed(note, written)
        return Receipt(receipt.reference, receipt.note_revision, ("written_after_lookup", "var ikke registrert"))

    async def _completed(self, note: JournalNote, held: Written) -> Receipt:
        """Bring a note that was there already up to date; one just written is."""
        if held.revision >= note.revision:
            return Receipt(held.reference, held.revision)
        written = await self._adapter.amend(note, note.key, reference=held.reference, since=held.revision)
        return Receipt(written.reference, written.revision)

    def _may_come_yet(self, key: str) -> bool:
        return monotonic() < self._may_come.get(key, self._started + self._patience_s)

    def _doubt(self, key: str, patience_s: float) -> None:
        """Remember for how long the note may come yet; what has run out is forgotten once no other run's can."""
        now = monotonic()
        if now > self._started + self._patience_s:
            self._may_come = {k: until for k, until in self._may_come.items() if until > now}
        if self._patience_s:
            self._may_come[key] = now + patience_s

    async def aclose(self) -> None:
        """Give back the adapter's connections."""
        await self._adapter.aclose()
