"""What a test of an EPJ that fetches its notes gets in its hands: a national side with notes, and what was fetched."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

from hub.conformance.epj.back_door import Beside
from hub.conformance.epj.bench import Patients
from hub.conformance.epj.dialect import json_object
from hub.conformance.epj.notes import Story, an_hour_ago
from hub.conformance.national.heard import Request
from hub.conformance.national.lane import Lane
from hub.conformance.results import Exchange
from hub.conformance.seen import exchanges_of
from hub.conformance.verdicts import both, expect
from hub.model.event import Inbound
from hub.model.person import PatientRef

_ACKNOWLEDGED = "/$journaling-acknowledged"


class FetchingBench:
    """One test's hands on `lane`, from which the EPJ fetches; `beside` does what no protocol has a call for."""

    def __init__(self, lane: Lane, beside: Beside, patients: Patients) -> None:
        self.lane = lane
        self.beside = beside
        self._patients = patients

    def story(self, *, patient: PatientRef | None = None) -> Story:
        """A case with an alarm."""
        return Story(str(uuid.uuid4()), patient or next(self._patients.known), raised_at=an_hour_ago())

    @contextlib.asynccontextmanager
    async def stranger(self) -> AsyncIterator[PatientRef]:
        """A synthetic patient whom the EPJ doesn't know while the block lasts."""
        patient = next(self._patients.unknown)
        async with self.beside.without(patient):
            yield patient

    async def journal(self, *stories: Story) -> None:
        """Let the hub take in what has been told of the stories since the last time."""
        taken = []
        for story in stories:
            for raw in story.news():
                inbound = Inbound("mqtt", self.lane.municipality, self.lane.sender, "TA-17", raw, datetime.now(UTC))
                taken.append(self.lane.parts.ingest.submit(inbound))
        for outcome in await asyncio.gather(*taken):
            if outcome.code not in ("accepted", "amended"):
                raise AssertionError(f"the hub did not take in a message of the test: {outcome.text}")

    def polls(self) -> Sequence[Request]:
        """The searches that the EPJ made and that were answered."""
        return [r for r in self.lane.heard.of_kind("read") if r.status == 200]

    def served(self) -> Counter[str]:
        """How often each note was handed out, by its id."""
        bundles = [json_object(request.answer) for request in self.polls()]
        entries = [entry for bundle in bundles for entry in bundle.get("entry", [])]
        return Counter(str(entry.get("resource", {}).get("id")) for entry in entries)

    def acknowledged(self) -> Counter[str]:
        """How often each note was acknowledged in a way that the national side has taken, by its id."""
        taken = [r for r in self.lane.heard.requests if r.path.endswith(_ACKNOWLEDGED) and 200 <= r.status < 300]
        return Counter(request.path.removesuffix(_ACKNOWLEDGED).rpartition("/")[2] for request in taken)

    async def expect_acknowledged(self, number: int) -> None:
        """`number` notes come to be acknowledged."""

        def how_many() -> int:
            return len(self.acknowledged())

        while how_many() < number and await self._grows(how_many):
            continue
        found = how_many()
        expect(
            found == number,
            expected=both(f"{number} notater hentet og kvittert", f"{number} notes fetched and acknowledged"),
            seen=both(
                f"{len(self.served())} hentet, {found} kvittert", f"{len(self.served())} fetched, {found} acknowledged"
            ),
        )

    async def more_polls(self, number: int) -> None:
        """Wait until the EPJ has asked `number` times more."""
        for _ in range(number):
            expect(
                await self._grows(lambda: len(self.polls())),
                expected=both("at systemet spør igjen", "that the system asks again"),
                seen=both("det spør ikke mer", "it asks no more"),
            )

    async def _grows(self, count: Callable[[], int]) -> bool:
        """Whether `count` becomes more before the EPJ must be thought to be done."""
        now = count()
        return await self.lane.heard.until(lambda _: count() > now, within_s=self.beside.patience_s)

    def exchanges(self) -> tuple[Exchange, ...]:
        """What was said in the test, for the report."""
        return exchanges_of(self.lane.heard)
