"""The cases whose note an EPJ has, as the hub holds it to be."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.case import CaseHistory
from hub.model.versions import version_id
from hub.store.delivering import history_of
from hub.store.schema import deliveries, usage

_EPJ = "epj"
_CASE = "case:"


async def noted_cases(connection: AsyncConnection) -> list[CaseHistory]:
    """Every case with a settled note, in the order in which the notes were first settled.

    Notes that an EPJ fetches come in an order of its own, not for a hub to know: those are by the time of the event.
    """
    held = select(deliveries).where(deliveries.c.destination == _EPJ, deliveries.c.settled > 0)
    rows = list(await connection.execute(held))
    counted = select(usage.c.id, usage.c.recorded_at).where(usage.c.id.startswith(_CASE))
    first = {row.id.removeprefix(_CASE): row.recorded_at for row in await connection.execute(counted)}
    rows.sort(key=lambda row: row.occurred_at if _is_fetched(row) else first.get(row.case_id, row.settled_at))
    histories = [await history_of(connection, row.case_id) for row in rows]
    return [history for history in histories if history is not None]


def _is_fetched(row: Any) -> bool:
    return bool(row.reference == version_id(row.case_id, row.settled))
