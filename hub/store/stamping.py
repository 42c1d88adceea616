"""Stamps: instants that are unique and grow in the order of commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.times import microseconds
from hub.store.plain import Many, read


async def next_stamps(connection: AsyncConnection, series: str, *, many: int, at: datetime) -> range:
    """`many` new stamps of `series`, at `at` or after the last one given out, whichever is later.

    The series stays locked until the transaction ends, so nobody sees a stamp before all smaller ones.
    """
    now = microseconds(at)
    ((found,),) = await read(connection, [(_GIVEN_OUT, [(series, now + many, now, now, many)])])
    end = int(found[0])
    return range(end - many + 1, end + 1)


_GIVEN_OUT = Many(
    "",
    "INSERT INTO stamps (series, last) VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET last ="
    " CASE WHEN stamps.last > CAST(? AS BIGINT) THEN stamps.last ELSE CAST(? AS BIGINT) END + CAST(? AS BIGINT)"
    " RETURNING last",
)
