"""Emissions into a file, one line each; see `devices_sim.ndjson`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from devices_sim.emission import Emission
from devices_sim.ndjson import line_of
from devices_sim.targets.target import Tally
from hub.model.errors import ConfigurationError, ConfigurationFault, Unreachable


class FileTarget:
    """Writes to `path`, replacing what was there; `-` is standard output.

    What is written can be read by others as soon as the sender waits for anything.
    """

    def __init__(self, path: str) -> None:
        self.tally = Tally()
        self._next_flush: asyncio.Handle | None = None
        self._fault: OSError | None = None
        try:
            self._file: BinaryIO = sys.stdout.buffer if path == "-" else Path(path).open("wb", buffering=1 << 20)  # noqa: SIM115  # closed in aclose
        except OSError as error:
            raise ConfigurationError([ConfigurationFault(0, path, f"kan ikke skrives: {error.strerror}")]) from error

    def fitted(self, emission: Emission) -> Emission:
        """As it is."""
        return emission

    async def send(self, emission: Emission) -> bool:
        """Write its line. Raises `Unreachable` where there is no room for it."""
        with _told():
            if self._fault is not None:
                raise self._fault
            self._file.write(line_of(emission))
        if self._next_flush is None:
            self._next_flush = asyncio.get_running_loop().call_soon(self._flush)
        self.tally.sent += 1
        return True

    def _flush(self) -> None:
        self._next_flush = None
        try:
            self._file.flush()
        except OSError as error:
            self._fault = error

    def resent(self) -> list[Emission]:
        """Nothing is ever sent again."""
        return []

    async def drain(self) -> None:
        """Write out what is buffered."""
        with _told():
            self._file.flush()

    async def aclose(self) -> None:
        """Close the file."""
        if self._next_flush is not None:
            self._next_flush.cancel()
        with _told():
            self._file.flush() if self._file is sys.stdout.buffer else self._file.close()


@contextmanager
def _told() -> Iterator[None]:
    """A full disk in words; a reader of standard output that has gone is left to whoever runs the command."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unreachable(f"filen kan ikke skrives: {error.strerror}") from error
