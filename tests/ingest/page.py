"""What the examples of docs/guarantees.md speak with: a hub of their own, said to in plain calls."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hub.dispatch.response_centre import ResponseCentreDestination
from hub.journal import compose
from hub.model.ports import EpjAbilities
from hub.store import schema
from hub.store.delivering import history_of
from tests.dispatch.office import FakeEpj, Office, office
from tests.dispatch.test_response_centre import Radio, receipt
from tests.ingest.intake import CENTRE, CLOUD, settings
from tests.messages import GRY, LINE, MUNICIPALITY, SENDER, Json, alarm, composition, document, follow_up, observation
from tests.messages import raw as written

Answer = TypeVar("Answer")
ACME, SKY = SENDER, CLOUD


class Hub:
    """A hub with a journal system. `route` is where alerts go; `journal` says what befalls the next calls to it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, location: Path) -> None:
        self._loop, self._location = loop, location
        self._epj, self._radio = FakeEpj(), Radio()
        self._route = "epj"
        self._open: Any = None
        self._hub: Office | None = None

    def route(self, alert: str, *, minutes: float = 30) -> None:
        """Where alerts go, and how soon they must be acknowledged."""
        self._route = f'{alert}"\nacknowledge_within_minutes = {minutes}\n#"'

    def journal(self, *fates: str, can_look_up: bool = True) -> None:
        """What befalls the next calls to the journal system, and whether a note can be looked up in it."""
        self._epj = FakeEpj(EpjAbilities(find=can_look_up), deque(fates))

    def say(self, message: Json | bytes, sender: str = ACME, *, decided: bool = False) -> str:
        """Send a message, wait until all that follows from it is done, and return the receipt's code."""
        payload = message if isinstance(message, bytes) else written(message)
        return self._do(self._say(payload, sender, decided))

    def kill(self) -> None:
        """SIGKILL, and a new start on the same store."""
        if self._open is not None:
            self._do(self._open.__aexit__(None, None, None))
        self._open = self._hub = None

    def pass_minutes(self, minutes: float) -> None:
        """Let time pass."""
        self._do(self._pass(minutes))

    def cases(self) -> int:
        """How many cases there are."""
        return self._do(self._count(schema.cases))

    def notes(self) -> list[str]:
        """The notes that the journal system holds, as a nurse reads them."""
        self._do(self._done())
        return [held.note.text for held in self._epj.held.values()]

    def used(self) -> int:
        """How many records the ledger of use has."""
        return self._do(self._count(schema.usage))

    def waiting(self) -> list[str]:
        """Why deliveries wait for a person."""
        return self._do(self._waiting())

    def quarantined(self) -> int:
        """How many originals are in quarantine."""
        return self._do(self._count(schema.quarantine))

    def alerts(self) -> int:
        """How many alerts the response centre has got."""
        self._do(self._done())
        return len(self._radio.published)

    def case_note(self) -> str:
        """The note of the only case, as it would be written now."""
        return self._do(self._compose())

    def _do(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self._loop.run_until_complete(work)

    async def _running(self) -> Office:
        if self._hub is None:
            self._radio.centre = ResponseCentreDestination(self._radio, MUNICIPALITY, timeout_s=0.2)
            others = {(MUNICIPALITY, "response_centre"): self._radio.centre}
            found = settings(f'alert = "{self._route}"')
            self._open = office(self._location, epj=self._epj, others=others, found=found)
            self._hub = await self._open.__aenter__()
        return self._hub

    async def _say(self, payload: bytes, sender: str, decided: bool) -> str:
        from hub.model.event import Inbound

        hub = await self._running()
        inbound = Inbound("mqtt", MUNICIPALITY, sender, "dev-1", payload, hub.clock.now(), is_decided=decided)
        outcome = await hub.ingest.submit(inbound)
        await asyncio.sleep(0)
        await self._done()
        return outcome.code.value

    async def _done(self) -> None:
        hub = await self._running()
        dying = asyncio.create_task(hub.crash.reached.wait())
        done = asyncio.create_task(hub.done())
        await asyncio.wait({dying, done}, return_when=asyncio.FIRST_COMPLETED)
        for task in (dying, done):
            task.cancel()
        await asyncio.gather(dying, done, return_exceptions=True)

    async def _pass(self, minutes: float) -> None:
        from hub.api.watch import Watch

        hub = await self._running()
        watch = Watch(hub.engines, hub.clock, on_wants=hub.dispatcher.wake)
        hub.clock.advance(minutes=minutes)
        await watch.look()
        await self._done()

    async def _count(self, table: Any) -> int:
        return len(await (await self._running()).rows(table))

    async def _waiting(self) -> list[str]:
        table = schema.deliveries
        rows = await (await self._running()).rows(table, table.c.state == "waiting")
        return [row.reason for row in rows]

    async def _compose(self) -> str:
        hub = await self._running()
        (case,) = await hub.rows(schema.cases)
        async with hub.engines.reading() as connection:
            history = await history_of(connection, case.id)
        assert history is not None
        return compose(history).text


NAMES = {
    "ACME": ACME,
    "SKY": SKY,
    "CENTRE": CENTRE,
    "GRY": GRY,
    "LINE": LINE,
    "alarm": alarm,
    "composition": composition,
    "document": document,
    "follow_up": follow_up,
    "observation": observation,
    "receipt": receipt,
}
