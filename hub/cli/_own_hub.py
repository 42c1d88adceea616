"""A hub of the command's own: run beside it in a thread for as long as the command needs it."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from hub.app.supervisor import Wishes, running
from hub.settings import Settings

_STOP_WITHIN_S = 60.0


class OwnHub:
    """Runs broker, simulated EPJs and hub on `directory` while the `with` block lasts; free ports.

    Entering raises ConfigurationError or TimeoutError as `running` does.
    """

    def __init__(self, settings: Settings, directory: Path) -> None:
        self._wishes = Wishes(settings, directory)
        self._directory = directory
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="own hub", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_STOP_WITHIN_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # handed to the thread that waits
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        file = self._directory / "endpoints.json"
        async with running(self._wishes) as parts:
            temporary = file.with_suffix(".new")
            temporary.write_text(json.dumps(parts.endpoints), encoding="utf-8")
            temporary.replace(file)
            self._ready.set()
            try:
                await self._stop.wait()
            finally:
                file.unlink(missing_ok=True)
