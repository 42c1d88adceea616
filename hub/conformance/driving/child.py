"""Runs a connector of the SDK as a process of ours, so that it can be driven, listened to and killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from connectors.testing.driving import ProductCard
from hub.conformance.driving.driven import DrivenSystem, Interface

_READY_S = 60.0
_GONE_S = 20.0


class DidNotStart(Exception):
    """The connector's process did not come up; the text is the end of what it wrote."""


class Child:
    """The process: `python -m connectors.testing.driven NAMES`, with its output in a file of `folder`."""

    def __init__(self, names: tuple[str, ...], folder: Path) -> None:
        self.names = names
        self._folder = folder
        self._port = 0
        self._log = folder / "output.log"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> str:
        """Start it, at the same address as before; its address once it is ready. Raises DidNotStart."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        command = [sys.executable, "-m", "connectors.testing.driven", *self.names]
        paths = [os.getcwd(), *filter(None, [os.environ.get("PYTHONPATH")])]  # noqa: PTH109 — as a text
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                "--port",
                str(self._port),
                "--folder",
                str(self._folder / "sessions"),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )
        assert self._process.stdout is not None
        async with asyncio.timeout(_READY_S):
            line = await self._process.stdout.readline()
        if not line:
            await self._process.wait()
            raise DidNotStart(self.output()[-2000:])
        address: str = json.loads(line)["address"]
        self._port = int(address.rpartition(":")[2])
        return address

    async def kill(self) -> None:
        """End it at once, as a crash would."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def end(self) -> None:
        """End it politely, and at once if it won't."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(_GONE_S):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    def output(self) -> str:
        """All that it has written."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""


class OwnSystem(DrivenSystem):
    """A driven system whose process is ours."""

    can = frozenset({"restart", "kill", "output"})

    def __init__(self, child: Child, interface: Interface, card: ProductCard, *, product: str | None) -> None:
        super().__init__(interface, card, product=product)
        self._child = child

    @contextlib.asynccontextmanager
    async def another(self) -> AsyncIterator[OwnSystem]:
        """The same connectors in one more process."""
        with tempfile.TemporaryDirectory(prefix="kp-driven-") as folder:
            async with own_system(self._child.names, Path(folder), product=self._product) as system:
                yield system

    async def product(self, name: str) -> OwnSystem:
        """The product `name`, one of several in this same process."""
        return OwnSystem(self._child, self._interface, await self._interface.card(name), product=name)

    def output(self) -> str:
        """See `System`."""
        return self._child.output()

    async def kill(self) -> None:
        """See `System`."""
        await self._child.kill()
        await self._child.start()


@contextlib.asynccontextmanager
async def own_system(names: tuple[str, ...], folder: Path, *, product: str | None = None) -> AsyncIterator[OwnSystem]:
    """The connectors `names` (`module:Class`) in a process of their own, until the block ends. Raises DidNotStart."""
    child = Child(names, folder)
    try:
        async with Interface(await child.start()) as interface:
            card = await interface.card(product)
            yield OwnSystem(child, interface, card, product=product)
    finally:
        await child.end()
