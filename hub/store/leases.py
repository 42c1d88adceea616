"""Leases: which process works on which share of the patients.

A process takes over shares whose lease has run out, and gives some back when others need them. What it was not the
holder of all along may have been sent by a predecessor: it is looked up before it is sent.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import schema
from hub.store.accepting import PARTITIONS, insert_into
from hub.store.engine import Engines

LEASE_SECONDS = 30.0


class Leases:
    """The shares held by one process, called `owner`. `held` maps a share to the machine time since when.

    A row with a negative number is a process's presence: it says that it wants a share, also while it has none.
    `owner` names an installation, of which one process runs at a time: started again, it has its shares back at once,
    and knows that it was away.
    """

    def __init__(self, engines: Engines, owner: str) -> None:
        self._engines = engines
        self._owner = owner
        self._presence = -1 - (zlib.crc32(owner.encode()) >> 1)
        self.held: dict[int, float] = {}
        self.renewed_real = 0.0

    async def renew(self, *, real: float, busy: Callable[[], Collection[int]] = frozenset) -> None:
        """Prolong what is held, take what is free, and give back what is more than a fair share.

        Shares that are `busy` have something under way and are never given back. What is given back is out of `held`
        from the moment in which it was seen not to be busy, so that nothing is begun there any more.
        """
        async with self._engines.writing() as connection:
            rows = list(await connection.execute(select(schema.leases).with_for_update()))
            valid = {row.partition: row.owner for row in rows if row.until_real > real}
            fair = -(-PARTITIONS // len({*valid.values(), self._owner}))
            mine = {p for p, owner in valid.items() if owner == self._owner and p >= 0}
            keep = self._kept(mine, [p for p in range(PARTITIONS) if p not in valid], busy(), most=fair)
            await self._prolong(connection, keep, real=real)
            await self._give_back(connection, mine - keep)
            held = await connection.execute(
                select(schema.leases.c.partition).where(schema.leases.c.owner == self._owner)
            )
            now_held = {row.partition for row in held} & keep
        self.held = {p: self.held.get(p, real) if p in mine else real for p in now_held}
        self.renewed_real = real

    def _kept(self, mine: Collection[int], free: Sequence[int], busy: Collection[int], *, most: int) -> set[int]:
        """What to hold from now on; the rest is let go of at once."""
        keep = {p for p in mine if p in busy} | set((*sorted(mine), *free)[:most])
        self.held = {p: since for p, since in self.held.items() if p in keep}
        return keep

    async def _prolong(self, connection: AsyncConnection, keep: Collection[int], *, real: float) -> None:
        table = schema.leases
        statement = insert_into(connection, table)
        statement = statement.on_conflict_do_update(
            index_elements=[table.c.partition],
            set_={"owner": statement.excluded.owner, "until_real": statement.excluded.until_real},
            where=(table.c.until_real <= real) | (table.c.owner == self._owner),
        )
        rows = [
            {"partition": p, "owner": self._owner, "until_real": real + LEASE_SECONDS}
            for p in sorted({*keep, self._presence})
        ]
        await connection.execute(statement, rows)

    def is_fresh(self, partition: int, since_real: float) -> bool:
        """Whether this process has held `partition` since before `since_real`."""
        held_since = self.held.get(partition)
        return held_since is not None and held_since <= since_real

    def may_send(self, partition: int, *, real: float) -> bool:
        """Whether the lease is sure enough to begin sending: held, and renewed within half its length."""
        return partition in self.held and real - self.renewed_real < LEASE_SECONDS / 2

    async def _give_back(self, connection: AsyncConnection, partitions: Collection[int]) -> None:
        if partitions:
            await connection.execute(
                delete(schema.leases).where(
                    schema.leases.c.partition.in_(partitions), schema.leases.c.owner == self._owner
                )
            )
