"""Remembers in the store what may be used only once, so that all processes that share it are one service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.ports import Clock
from hub.store.engine import Engines
from hub.store.group_commit import GroupCommit
from hub.store.inserting import insert_into
from hub.store.schema import used_tokens

_SWEEP_EVERY_S = 30.0
_MAX_BATCH = 256


@dataclass(frozen=True, slots=True)
class _Use:
    kind: str
    jti: str
    expires_at: float


class UsedTokens:
    """A ReplayStore in SQL. Uses that come together share one commit; one `run` task commits."""

    def __init__(self, engines: Engines, clock: Clock) -> None:
        self._engines = engines
        self._clock = clock
        self._swept_at = 0.0
        self._commits: GroupCommit[_Use, bool] = GroupCommit(self._remember, most=_MAX_BATCH)

    async def first_use(self, kind: str, jti: str, expires_at: float) -> bool:
        """True exactly once for a `kind` and `jti`, across processes. Raises StoreUnavailable when it can't tell."""
        return await self._commits.submit(_Use(kind, jti, expires_at))

    async def run(self) -> None:
        """Commit what waits until cancelled. Raises StoreUnavailable when the store fails."""
        await self._commits.run()

    async def _remember(self, uses: Sequence[_Use]) -> list[bool]:
        async with self._engines.writing() as connection:
            await self._sweep(connection)
            return [await _is_first(connection, use) for use in uses]

    async def _sweep(self, connection: AsyncConnection) -> None:
        """Forget what has expired: from then on the time alone refuses it."""
        now = self._clock.real()
        if now - self._swept_at >= _SWEEP_EVERY_S:
            await connection.execute(delete(used_tokens).where(used_tokens.c.expires_real <= now))
            self._swept_at = now


async def _is_first(connection: AsyncConnection, use: _Use) -> bool:
    statement = insert_into(connection, used_tokens).values(kind=use.kind, jti=use.jti, expires_real=use.expires_at)
    return bool((await connection.execute(statement.on_conflict_do_nothing())).rowcount)
