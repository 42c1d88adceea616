"""The supervisor's children: processes in one process group, whose output goes to a log file each."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
_FIRST_RESTART_S = 0.1
_LONGEST_RESTART_S = 5.0
_STEADY_S = 10.0
_STOP_S = 15.0


def _die_with_parent() -> Callable[[], None] | None:
    """Ask Linux to end the child when the supervisor dies, however it dies; elsewhere nothing can be asked."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Child:
    """A process to keep running: its name, command, log file and inherited file descriptors."""

    name: str
    command: Sequence[str]
    log_file: Path
    fds: tuple[int, ...] = ()


class Keeper:
    """Runs one child and starts it again when it ends by itself, until `is_ending` is set."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self._process: asyncio.subprocess.Process | None = None
        self._running: asyncio.Task[None] | None = None
        self.starts = 0
        self.is_ending = False

    @property
    def pid(self) -> int | None:
        """The running process, or None between two."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    def begin(self) -> None:
        """Keep the child running in a task of its own."""
        self._running = asyncio.create_task(self.run(), name=f"keep {self.child.name} running")

    async def end(self) -> None:
        """End the child, and wait until it has ended; to end what has ended does no harm."""
        self.is_ending = True
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running

    async def run(self) -> None:
        """Keep the child running until cancelled, then end it."""
        delay = _FIRST_RESTART_S
        loop = asyncio.get_running_loop()
        try:
            while True:
                began = loop.time()
                process = await self._start()
                status = await process.wait()
                if loop.time() - began > _STEADY_S:
                    delay = _FIRST_RESTART_S
                await asyncio.sleep(delay)
                if self.is_ending:
                    return
                log.warning("%s ended with status %s and is started again", self.child.name, status)
                delay = min(delay * 2, _LONGEST_RESTART_S)
        finally:
            await self._stop()

    async def _start(self) -> asyncio.subprocess.Process:
        self.child.log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.child.log_file.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self.child.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=self.child.fds,
                preexec_fn=_die_with_parent(),
            )
        self.starts += 1
        return self._process

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(_STOP_S):
                await process.wait()
        except TimeoutError:
            log.warning("%s did not end in time and is killed", self.child.name)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def kill(self) -> None:
        """End the child as a crash would, at once; `run` starts it again."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
