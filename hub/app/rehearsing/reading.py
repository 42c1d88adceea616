"""What a check reads: the cases of its reserved patient, their notes in the EPJ, and what waits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from html.parser import HTMLParser

import aiohttp
import orjson
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.journal.compose import compose
from hub.model.person import PatientRef
from hub.rehearsal.surroundings import AtRest, OutOfReach, SeenNote
from hub.store import schema
from hub.store.engine import Engines
from hub.store.paging import one_delivery
from hub.store.waiting import held

_EPJ = "epj"
_UNDER_WAY = ("pending", "in_doubt")
#: How long a note may take to come to the EPJ, in seconds: longer than the adapter's time-out and two tries more.
_SETTLED_WITHIN_S = 25.0
_LOOK_EVERY_S = 0.1
#: Kinds of operations' alerts that speak of the municipality's equipment, not of its connection.
_EQUIPMENT = ("silent", "lost")


async def cases_of(
    connection: AsyncConnection, municipality: str, patient: PatientRef, names: Sequence[str]
) -> list[str]:
    """The patient's cases that hold a message with one of these identifiers."""
    case, message = schema.cases, schema.messages
    rows = await connection.execute(
        select(message.c.case_id)
        .distinct()
        .join(case, case.c.id == message.c.case_id)
        .where(
            case.c.patient_value == patient.value,
            case.c.municipality == municipality,
            message.c.identifier_value.in_(list(names)),
        )
        .order_by(message.c.case_id)
    )
    return [row.case_id for row in rows]


async def settled(engines: Engines, municipality: str, cases: Sequence[str]) -> None:
    """Wait until the EPJ holds every case as it is now, or for half a minute."""
    table = schema.deliveries
    waiting = select(func.count()).where(
        table.c.case_id.in_(list(cases)),
        table.c.destination == _EPJ,
        table.c.municipality == municipality,
        table.c.state.in_(_UNDER_WAY),
    )
    loop = asyncio.get_running_loop()
    ends = loop.time() + _SETTLED_WITHIN_S
    while loop.time() < ends:
        async with engines.reading() as connection:
            if not (await connection.execute(waiting)).scalar():
                return
        await asyncio.sleep(_LOOK_EVERY_S)


async def as_delivered(engines: Engines, municipality: str, cases: Sequence[str]) -> list[SeenNote]:
    """The notes as the hub delivered them: what can be seen where the EPJ is not simulated."""
    found = []
    for case_id in cases:
        async with engines.reading() as connection:
            delivery = await one_delivery(connection, municipality, _EPJ, case_id)
        if delivery is not None and delivery.is_settled_once:
            note = compose(delivery.history)
            lines = (note.title, *(line for s in note.sections for line in (s.heading, *s.lines)))
            found.append(SeenNote(note.key, lines, note.revision, "hub"))
    return found


async def in_epj(admin: str, keys: Sequence[str], session: aiohttp.ClientSession) -> list[SeenNote]:
    """The notes under `keys` as the simulated EPJ's own pages show them. Raises OutOfReach."""
    found = []
    try:
        for key in keys:
            async with session.get(f"{admin}/notes", params={"key": key}) as answer:
                stored = orjson.loads(await answer.read())
            for note in stored:
                async with session.get(f"{admin.removesuffix('/admin')}/notat/{note['id']}") as page:
                    lines = lines_of(await page.text())
                found.append(SeenNote(key, lines, int(note["revision"]), "epj"))
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise OutOfReach("Det simulerte journalsystemet svarte ikke.") from error
    return found


def lines_of(page: str) -> tuple[str, ...]:
    """The texts of a page's main part from its title on, one for each element that holds text."""
    reader = _Lines()
    reader.feed(page)
    return tuple(reader.lines)


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._is_note = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._is_note = self._is_note or tag == "h1"

    def handle_endtag(self, tag: str) -> None:
        self._is_note = self._is_note and tag != "main"

    def handle_data(self, data: str) -> None:
        if self._is_note and data.strip():
            self.lines.append(data.strip())


async def at_rest(engines: Engines, municipality: str) -> AtRest:
    """What waits in the municipality's part of the hub."""
    delivery, alerts, kept = schema.deliveries, schema.operations_alerts, schema.quarantine
    async with engines.reading() as connection:
        states = await connection.execute(
            select(delivery.c.destination, delivery.c.state, func.count())
            .where(delivery.c.municipality == municipality, text("state <> 'settled'"))
            .group_by(delivery.c.destination, delivery.c.state)
        )
        counted = [(destination, state, int(count)) for destination, state, count in states]
        quarantined = await connection.execute(
            select(func.count()).where(kept.c.municipality == municipality, kept.c.state == "open")
        )
        texts = await connection.execute(
            select(alerts.c.text)
            .where(
                alerts.c.municipality == municipality,
                alerts.c.closed_at.is_(None),
                alerts.c.kind.not_in(_EQUIPMENT),
            )
            .order_by(alerts.c.id)
            .limit(20)
        )
        return AtRest(
            pending=sum(n for to, state, n in counted if to == _EPJ and state in _UNDER_WAY),
            alerts_pending=sum(n for to, state, n in counted if to != _EPJ and state in _UNDER_WAY),
            waiting=sum(n for _, state, n in counted if state == "waiting"),
            quarantined=int(quarantined.scalar() or 0),
            alerts=tuple(row.text for row in texts),
            held=(municipality, _EPJ) in await held(connection),
        )
