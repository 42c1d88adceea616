"""Who is signed in to the console, in every process that shares the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store.schema_console import console_sessions as table

IDLE_S = 20 * 60
LONGEST_S = 12 * 3600


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in. `id` is the hash of what the browser holds, `csrf` what every form must carry.

    `began_real` and `seen_real` are machine seconds; a session ends after 20 minutes unused, and after twelve hours.
    """

    id: str
    subject: str
    name: str
    roles: frozenset[str]
    csrf: str
    began_real: float
    seen_real: float


async def open_session(connection: AsyncConnection, session: Session) -> None:
    """Remember a session, and forget those that have ended."""
    real = session.began_real
    await connection.execute(
        delete(table).where((table.c.seen_real < real - IDLE_S) | (table.c.began_real < real - LONGEST_S))
    )
    await connection.execute(
        table.insert(),
        {
            "id": session.id,
            "subject": session.subject,
            "name": session.name,
            "roles": " ".join(sorted(session.roles)),
            "csrf": session.csrf,
            "began_real": session.began_real,
            "seen_real": session.seen_real,
        },
    )


async def session_with(connection: AsyncConnection, session_id: str, *, real: float) -> Session | None:
    """The session, unless it has ended by `real`."""
    row = (
        await connection.execute(
            select(table).where(
                table.c.id == session_id, table.c.seen_real >= real - IDLE_S, table.c.began_real >= real - LONGEST_S
            )
        )
    ).one_or_none()
    return None if row is None else _session(row)


async def sessions(connection: AsyncConnection, *, real: float) -> list[Session]:
    """Every session that has not ended, the last used first."""
    rows = await connection.execute(
        select(table).where(table.c.seen_real >= real - IDLE_S).order_by(table.c.seen_real.desc())
    )
    return [_session(row) for row in rows]


async def note_use(connection: AsyncConnection, session_id: str, *, real: float) -> None:
    """Let the twenty minutes begin anew."""
    await connection.execute(update(table).where(table.c.id == session_id).values(seen_real=real))


async def close_session(connection: AsyncConnection, session_id: str) -> None:
    """End a session."""
    await connection.execute(delete(table).where(table.c.id == session_id))


def _session(row: Any) -> Session:
    return Session(row.id, row.subject, row.name, frozenset(row.roles.split()), row.csrf, row.began_real, row.seen_real)
