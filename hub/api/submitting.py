"""Hands a message from an HTTP door to ingest, and waits only so long for what becomes of it."""

from __future__ import annotations

import asyncio

from hub.api.errors import TooSlow
from hub.ingest.accepting import Ingest
from hub.model.event import Inbound, Outcome


async def submit(ingest: Ingest, inbound: Inbound, *, timeout_s: float) -> Outcome:
    """What became of `inbound`. Raises TooSlow after `timeout_s` seconds; the message may then still be taken in."""
    pending = ingest.submit(inbound)
    try:
        async with asyncio.timeout(timeout_s):
            return await asyncio.shield(pending)
    except TimeoutError as error:
        pending.add_done_callback(_look_at)
        raise TooSlow("the message was not committed in time") from error


def _look_at(pending: asyncio.Future[Outcome]) -> None:
    """A failure that nobody waits for any more is told by the store's own task."""
    if not pending.cancelled():
        pending.exception()
