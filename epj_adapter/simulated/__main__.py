"""Runs simulated EPJs in one process: `python -m epj_adapter.simulated --config FILE [--ready FILE]`.

When all of them listen, the ready file maps organisation number to `url` and `admin`. SIGTERM ends them cleanly.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import orjson
import uvloop

from epj_adapter.simulated import epj
from epj_adapter.simulated.configuration import EpjConfiguration, read
from epj_adapter.simulated.door import listen
from epj_adapter.simulated.epj import SimulatedEpj
from epj_adapter.simulated.polling import Polling, authorisation
from hub.model.errors import ConfigurationError

#: Seconds between the interpreter's switches of thread: a commit that is done must not wait long for the event loop.
_SWITCH_S = 0.001


def build(one: EpjConfiguration) -> SimulatedEpj:
    """The EPJ, listening but not yet answering. Raises OSError when a port is taken."""
    door = _socket(one.socket, one.host, one.port)
    doors = {"door": door, "back_door": _socket(one.admin_socket, one.host, one.admin_port)}
    name = one.name or epj.NAMES[one.adapter]
    if one.adapter == "fhir_rest":
        return epj.fhir_rest(one.store, now=time.time, name=name, **doors)
    if one.adapter == "journal_rest":
        return epj.journal_rest(one.store, now=time.time, name=name, **doors)
    authorise = authorisation(headers=one.headers, sign_in=one.sign_in)
    polling = Polling(one.hub_url, one.poll_s, authorise, one.query)
    return epj.pull(one.store, now=time.time, name=name, polling=polling, **doors)


async def run(configured: Sequence[EpjConfiguration], *, ready: Path | None, stop: asyncio.Event) -> None:
    """Run all EPJs until `stop` is set; write the ready file when all listen."""
    running = {one.organisation_number: build(one) for one in configured}
    try:
        await asyncio.gather(*(one.start() for one in running.values()))
        if ready is not None:
            _write(ready, {number: {"url": one.url, "admin": one.admin} for number, one in running.items()})
        await stop.wait()
    finally:
        await asyncio.gather(*(one.aclose() for one in running.values()))


async def _until_signal(configured: Sequence[EpjConfiguration], ready: Path | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run(configured, ready=ready, stop=stop)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 after a clean end, 2 when the configuration or a port is at fault."""
    parser = argparse.ArgumentParser(prog="python -m epj_adapter.simulated")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--ready", type=Path)
    given = parser.parse_args(arguments)
    sys.setswitchinterval(_SWITCH_S)
    try:
        configured, ready = read(given.config)
        uvloop.run(_until_signal(configured, given.ready or ready))
    except (ConfigurationError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _socket(fd: int | None, host: str, port: int) -> socket.socket:
    if fd is None:
        return listen(host, port)
    inherited = socket.socket(fileno=fd)
    inherited.setblocking(False)
    return inherited


def _write(path: Path, content: object) -> None:
    """Write a JSON file whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(orjson.dumps(content))
    try:
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


if __name__ == "__main__":
    sys.exit(main())
