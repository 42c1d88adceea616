"""Emissions into a file, one line each; see `devices_sim.ndjson`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

from devices_sim.emission import Emission
from devices_sim.ndjson import line_of
from devices_sim.targets.target import Tally
from hub.model.errors import ConfigurationError, ConfigurationFault


class FileTarget:
    """Writes to `path`, replacing what was there; `-` is standard output."""

    def __init__(self, path: str) -> None:
        self.tally = Tally()
        try:
            self._file: BinaryIO = sys.stdout.buffer if path == "-" else Path(path).open("wb", buffering=1 << 20)  # noqa: SIM115  # closed in aclose
        except OSError as error:
            raise ConfigurationError([ConfigurationFault(0, path, f"kan ikke skrives: {error.strerror}")]) from error

    def fitted(self, emission: Emission) -> Emission:
        """As it is."""
        return emission

    async def send(self, emission: Emission) -> bool:
        """Write its line."""
        self._file.write(line_of(emission))
        self.tally.sent += 1
        return True

    def resent(self) -> list[Emission]:
        """Nothing is ever sent again."""
        return []

    async def drain(self) -> None:
        """Write out what is buffered."""
        self._file.flush()

    async def aclose(self) -> None:
        """Close the file."""
        self._file.flush()
        if self._file is not sys.stdout.buffer:
            self._file.close()
