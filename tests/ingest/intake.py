"""An Ingest with its store, as tests drive it: what was said goes in, what became of it can be looked at."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hub.app.ids import CaseIds
from hub.ingest.accepting import Ingest, Rules
from hub.ingest.admission import admission
from hub.model.event import Inbound, Outcome
from hub.routing import routing_table
from hub.settings import Settings, parse
from hub.store import schema
from hub.store.engine import Engines, open_engines
from hub.store.rows import Want
from hub.store.summary import summary
from tests.messages import MUNICIPALITY, SENDER, Json, raw

CLOUD = "Acme_Sky_Testvik"
CENTRE = "Svar_Nor_Testvik"
OTHER_TOWN = "974760673"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

CONFIGURATION = f"""
mode = "test"
[[municipality]]
organisation_number = "{MUNICIPALITY}"
name = "Testvik"
[[municipality]]
organisation_number = "{OTHER_TOWN}"
name = "Prøvestad"
[[sender]]
id = "{SENDER}"
municipality = "{MUNICIPALITY}"
service_codes = ["ta", "md", "dt", "gps", "dho"]
[[sender]]
id = "{CLOUD}"
municipality = "{MUNICIPALITY}"
[[sender]]
id = "{CENTRE}"
municipality = "{MUNICIPALITY}"
service_codes = ["rt"]
[[sender]]
id = "Prove_Alarm_Provestad"
municipality = "{OTHER_TOWN}"
"""


def settings(routing: str = 'alert = "epj"', more: str = "") -> Settings:
    """The test configuration with these routes."""
    return parse(f"{CONFIGURATION}\n[routing]\n{routing}\n{more}", adapters={"fhir_rest", "pull"})


def rules(found: Settings) -> Rules:
    return Rules(found.mode, admission(found), routing_table(found))


@dataclass(slots=True)
class Ticking:
    """A clock that tests turn: both of its times move only when told."""

    moment: datetime = NOW
    seconds: float = 1_000_000.0

    def now(self) -> datetime:
        return self.moment

    def real(self) -> float:
        return self.seconds

    def advance(self, **delta: float) -> None:
        self.moment += timedelta(**delta)
        self.seconds += timedelta(**delta).total_seconds()


@dataclass(slots=True)
class Intake:
    """A running Ingest. `say` submits and waits; the readers show what is stored."""

    engines: Engines
    ingest: Ingest
    clock: Ticking
    wants: list[Want] = field(default_factory=list)

    def inbound(self, message: Json | bytes, *, sender: str = SENDER, **more: Any) -> Inbound:
        payload = message if isinstance(message, bytes) else raw(message)
        found = Inbound("mqtt", MUNICIPALITY, sender, "dev-1", payload, self.clock.now())
        return replace(found, **more)

    async def say(self, message: Json | bytes, *, sender: str = SENDER, **more: Any) -> Outcome:
        return await self.ingest.submit(self.inbound(message, sender=sender, **more))

    async def codes(self, *messages: Json | bytes, sender: str = SENDER) -> list[str]:
        """What became of the messages, said one by one."""
        return [(await self.say(m, sender=sender)).code.value for m in messages]

    async def together(self, *messages: Json | bytes, sender: str = SENDER) -> list[Outcome]:
        """Submit before any is committed, so that they share a commit."""
        return list(await asyncio.gather(*[self.ingest.submit(self.inbound(m, sender=sender)) for m in messages]))

    async def rows(self, table: Any, *where: Any) -> Sequence[Any]:
        async with self.engines.reading() as connection:
            return (await connection.execute(select(table).where(*where))).all()

    async def number_of_cases(self) -> int:
        return len(await self.rows(schema.cases))

    async def standings(self) -> list[tuple[str | None, str]]:
        """Identifier and standing of every stored message, in order of case and number."""
        rows = await self.rows(schema.messages)
        ordered = sorted(rows, key=lambda r: (r.case_id, r.number))
        return [(row.identifier_value, row.standing) for row in ordered]

    async def wanted(self, destination: str = "epj") -> dict[str, int]:
        rows = await self.rows(schema.deliveries, schema.deliveries.c.destination == destination)
        return {row.case_id: row.wanted for row in rows}

    async def counts(self) -> dict[str, int]:
        async with self.engines.reading() as connection:
            return await summary(connection)


@asynccontextmanager
async def intake(
    location: Path | str,
    *,
    found: Settings | None = None,
    clock: Ticking | None = None,
    id_prefix: str | None = None,
) -> AsyncIterator[Intake]:
    """A running Ingest on the store at `location`. `id_prefix` makes case ids that can be foreseen."""
    engines = await open_engines(location)
    clock = clock or Ticking()
    wants: list[Want] = []
    numbers = count(1)
    new_id = CaseIds().next if id_prefix is None else lambda: f"{id_prefix}{next(numbers)}"
    ingest = Ingest(engines, rules(found or settings()), clock, new_id=new_id, on_wants=wants.extend)
    running = asyncio.create_task(ingest.run())
    try:
        yield Intake(engines, ingest, clock, wants)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await engines.aclose()
