"""Noting in the access log that somebody saw a page about a patient, before it is shown."""

from __future__ import annotations

import logging

from hub.console.visit import Visit
from hub.store.access_log import Look, note_look

log = logging.getLogger(__name__)


async def note_seen(visit: Visit, what: str, seen: str) -> None:
    """Note that the visitor sees `seen` (a case's id, a quarantine number). Raises StoreUnavailable: then no page."""
    subject, name = visit.who
    look = Look(visit.console.clock.now(), subject, name, what, seen)
    async with visit.console.engines.writing() as connection:
        sealed = await note_look(connection, look, key=visit.console.key)
    log.info("access log: line %d, seal %s", sealed.number, sealed.seal)
