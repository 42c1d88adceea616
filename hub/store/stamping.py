"""Stamps: instants that are unique and grow in the order of commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, bindparam, case
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.times import microseconds
from hub.store.inserting import insert_into
from hub.store.schema_national import stamps


async def next_stamps(connection: AsyncConnection, series: str, *, many: int, at: datetime) -> range:
    """`many` new stamps of `series`, at `at` or after the last one given out, whichever is later.

    The series stays locked until the transaction ends, so nobody sees a stamp before all smaller ones.
    """
    now = microseconds(at)
    statement = insert_into(connection, stamps).values(series=series, last=now + many)
    last = stamps.c.last
    later = case((last > bindparam("now_us", now, BigInteger), last), else_=bindparam("now_us2", now, BigInteger))
    statement = statement.on_conflict_do_update(
        index_elements=[stamps.c.series], set_={"last": later + bindparam("many_us", many, BigInteger)}
    ).returning(last)
    end = int((await connection.execute(statement)).scalar_one())
    return range(end - many + 1, end + 1)
