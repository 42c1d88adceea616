"""The access log: who saw which page about a patient, as a chain that can't be altered unnoticed.

Every line is sealed with a secret key together with the seal before it, so that a line which is changed, taken out or
put in breaks the chain. A chain that is cut off at its end is seen by whoever kept a newer seal: the hub writes each
one to its own log.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.times import from_microseconds, microseconds
from hub.store.schema_console import access_log as table

_LOCK = 7002
_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody saw something: `what` kind of page, and the `object` by its id (never an identity number)."""

    at: datetime
    subject: str
    name: str
    what: str
    object: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A line of the log, numbered from 1."""

    number: int
    look: Look
    seal: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking the chain gave: how many lines, the last seal, and the first line that does not fit, if any."""

    lines: int
    newest: str
    broken_at: int | None
    text: str


async def note_look(connection: AsyncConnection, look: Look, *, key: bytes) -> Sealed:
    """Append a line."""
    if connection.dialect.name != "sqlite":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
    last = (await connection.execute(select(table).order_by(table.c.id.desc()).limit(1))).one_or_none()
    number, before = (1, "") if last is None else (last.id + 1, last.seal)
    sealed = Sealed(number, look, seal_of(number, look, before=before, key=key))
    await connection.execute(
        table.insert(),
        {
            "id": number,
            "at": microseconds(look.at),
            "subject": look.subject,
            "name": look.name,
            "what": look.what,
            "object": look.object,
            "seal": sealed.seal,
        },
    )
    return sealed


def seal_of(number: int, look: Look, *, before: str, key: bytes) -> str:
    """The seal of a line, which depends on all lines before it."""
    said = [number, microseconds(look.at), look.subject, look.name, look.what, look.object, before]
    return hmac.new(key, orjson.dumps(said), hashlib.sha256).hexdigest()


async def newest_looks(connection: AsyncConnection, *, most: int = 200) -> list[Sealed]:
    """The newest lines, newest first."""
    rows = await connection.execute(select(table).order_by(table.c.id.desc()).limit(most))
    return [_sealed(row) for row in rows]


async def verify(connection: AsyncConnection, *, key: bytes, kept: tuple[int, str] | None = None) -> Verdict:
    """Check the whole chain. `kept` is a line's number and seal as somebody wrote them down earlier."""
    number, before = 0, ""
    while True:
        rows = list(
            await connection.execute(select(table).where(table.c.id > number).order_by(table.c.id).limit(_PAGE))
        )
        for row in rows:
            sealed = _sealed(row)
            fits = row.id == number + 1 and hmac.compare_digest(
                sealed.seal, seal_of(row.id, sealed.look, before=before, key=key)
            )
            if not fits:
                return Verdict(number, before, number + 1, "Linjen er endret, eller en linje er borte eller satt inn.")
            if kept is not None and kept[0] == row.id and kept[1] != sealed.seal:
                return Verdict(number, before, row.id, "Kjeden er skrevet om: seglet er ikke det noterte.")
            number, before = row.id, sealed.seal
        if len(rows) < _PAGE:
            break
    if kept is not None and number < kept[0]:
        return Verdict(number, before, number + 1, "Loggen er kuttet: det er færre linjer enn det som er notert.")
    return Verdict(number, before, None, "Hele kjeden stemmer.")


def _sealed(row: Any) -> Sealed:
    look = Look(from_microseconds(row.at), row.subject, row.name, row.what, row.object)
    return Sealed(row.id, look, row.seal)
