"""What an operator decides about deliveries: try again, hold, release. Stored first, then told to the dispatcher."""

from __future__ import annotations

from hub.dispatch.dispatcher import Address, Dispatcher
from hub.model.ports import Clock
from hub.store import waiting
from hub.store.engine import Engines


async def send_again(
    engines: Engines, dispatcher: Dispatcher, clock: Clock, *, case_id: str, destination: str, by: str
) -> bool:
    """Let a waiting delivery be tried again at once. False when it doesn't wait."""
    async with engines.writing() as connection:
        sent = await waiting.send_again(connection, case_id, destination, by=by, at=clock.now())
    if sent:
        for address in dispatcher.addresses:
            dispatcher.look(address)
    return sent


async def hold(engines: Engines, dispatcher: Dispatcher, clock: Clock, address: Address) -> None:
    """Send nothing more to `address`, also after a restart, until released."""
    async with engines.writing() as connection:
        await waiting.hold(connection, *address, at=clock.now())
    dispatcher.hold(address)


async def release(engines: Engines, dispatcher: Dispatcher, address: Address) -> None:
    """Let the traffic to `address` flow again."""
    async with engines.writing() as connection:
        await waiting.release(connection, *address)
    dispatcher.release(address)
