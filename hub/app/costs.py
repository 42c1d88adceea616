"""The cost door on the hub's own ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter

from hub.api import cost as cost_door
from hub.app.orders import Orders
from hub.app.parts import Parts
from hub.model.usage import UsageRecord
from hub.store.ledger import usage_records


def cost_router(orders: Orders, parts: Parts) -> APIRouter:
    """The routes under `/cost`, for what this hub has metered."""

    async def records() -> AsyncIterator[UsageRecord]:
        async with parts.engines.reading() as connection:
            async for record in usage_records(connection):
                yield record

    return cost_door.router(cost_door.Cost(records, orders.operations_token))
