"""One session of a driven connector: a connector of its own, with a spool of its own, that does what it is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from connectors.background import Background
from connectors.connector import Told
from connectors.settings import connector_of
from connectors.testing.driven_alerts import DrivenCentre
from connectors.testing.driven_failures import described, located
from connectors.testing.driven_surroundings import UnusableSurroundings, settings_of
from connectors.testing.driving import AlertShown, DeviceWord, EventReport, Surroundings
from connectors.timing import SystemTimer
from connectors.vendor import NotUnderstood, VendorConnector
from connectors.words import Event
from hub.model.errors import KnutepunktError, Unreachable

log = logging.getLogger(__name__)

_OPEN_WITHIN_S = 20.0
_LOOK_AGAIN_S = 0.05


class SessionFailed(Exception):
    """The session's connector, or something in it, has failed. The text names the error and no content."""


class DrivenSession:
    """A connector `kind` in `surroundings`, with all that it keeps in `folder`; opened before it is used.

    After `close` a session with the same folder remembers what this one did.
    """

    def __init__(self, kind: type[VendorConnector], surroundings: Surroundings, folder: Path) -> None:
        self.kind = kind
        self._surroundings = surroundings
        self._folder = folder
        self._open = AsyncExitStack()
        self._error: BaseException | None = None

    async def open(self) -> None:
        """Connect as the surroundings say. Raises UnusableSurroundings, or what keeps the connector from starting."""
        await asyncio.to_thread(self._folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        async with asyncio.timeout(_OPEN_WITHIN_S), AsyncExitStack() as opening:
            self._connector = await opening.enter_async_context(self._made_connector())
            self._watch(opening, self._listen, "reports of a session")
            if self._surroundings.role == "response-centre":
                settings = settings_of(self._surroundings, self.kind, folder=self._folder, way="mqtt")
                # A class may bring a centre of its own, as those do that are broken on purpose.
                centre: type[DrivenCentre] = getattr(self.kind, "driven_centre", DrivenCentre)
                self._centre = await opening.enter_async_context(centre.open(settings, self._folder))
                self._watch(opening, lambda: self._centre.attend_by(self._connector), "alerts of a session")
            self._open = opening.pop_all()

    async def close(self) -> None:
        """Stop as at a planned stop. Raises what has failed in the session."""
        await self._open.aclose()

    async def tell(self, events: Sequence[Event]) -> list[Told]:
        """Tell `events`, all or none. Raises ValueError on what is no possible event."""
        self._check()
        return await self._connector.tell_all(events)

    async def take(self, message: bytes) -> list[Told]:
        """Take in a message of the product. Raises NotUnderstood, after it was set aside."""
        self._check()
        try:
            return await self._connector.take(message)
        except NotUnderstood as e:
            await self._connector.set_aside(message, e)
            raise

    async def reports(self) -> list[EventReport]:
        """What is known of every event, oldest first."""
        self._check()
        return [
            EventReport(
                number=known.number,
                fate=known.fate.name.lower(),
                attempts=known.attempts,
                receipt=known.receipt,
                text=known.text,
            )
            for known in await self._connector.known()
        ]

    async def report_device(self, word: DeviceWord) -> None:
        """Tell how a device is, as soon as there is a connection. Raises `Unreachable` when none comes in time."""
        self._check()
        give_up = asyncio.get_running_loop().time() + self._surroundings.timeout_s
        while True:
            try:
                return await self._connector.report_device(
                    word.device, state=word.state, battery=word.battery, next_within_s=word.next_within_s
                )
            except Unreachable:
                if asyncio.get_running_loop().time() > give_up:
                    raise
            await asyncio.sleep(_LOOK_AGAIN_S)

    def alerts(self) -> list[AlertShown]:
        """The alerts that were shown, oldest first. Raises LookupError when the session is no response centre's."""
        self._check()
        if self._surroundings.role != "response-centre":
            raise LookupError("this session is no response centre")
        return self._centre.shown.all()

    def _made_connector(self) -> VendorConnector:
        settings = settings_of(self._surroundings, self.kind, folder=self._folder)
        try:
            return connector_of(self.kind, settings, timer=SystemTimer())
        except (OSError, ValueError, KnutepunktError) as e:  # keys and certificates that are none
            raise UnusableSurroundings(f"the way to the hub can't be used: {type(e).__name__}") from e

    def _watch(self, opening: AsyncExitStack, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        running = Background(work, name=name, on_end=self._end)
        opening.push_async_exit(lambda _kind, error, _trace: running.stop(error))

    async def _listen(self) -> None:
        """Hear of all that becomes of the events, and so of what makes the connector unable to go on."""
        async for _report in self._connector.reports():
            pass

    def _end(self, error: BaseException | None) -> None:
        if error is not None and self._error is None:
            self._error = error
            log.error("a session failed: %s", located(error))

    def _check(self) -> None:
        if self._error is not None:
            raise SessionFailed(described(self._error)) from self._error
