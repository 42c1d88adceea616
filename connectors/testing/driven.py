"""Serves the driving interface for connectors of the SDK: how a conformance kit drives a class of yours.

    python -m connectors.testing.driven acme_connector:AcmeConnector --port 0 --folder DIR

Prints one line to stdout when it is ready: `{"address": "http://127.0.0.1:PORT"}`. All else that is written, the
connectors' own prints and logs included, goes to stderr. Ends at SIGTERM or SIGINT, and when its parent has ended,
with every session closed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from aiohttp import web

from connectors.testing.driven_doors import Doors, Kinds
from connectors.vendor import VendorConnector

_LOOK_FOR_PARENT_S = 0.25
_CLOSED_WITHIN_S = 15.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the classes that the command line names until told to end."""
    parent = os.getppid()
    asked = _parser().parse_args(arguments)
    with contextlib.redirect_stdout(sys.stderr):
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
        sys.path.insert(0, str(Path.cwd()))
        kinds = {kind.__name__: kind for kind in map(found, asked.connectors)}
        asyncio.run(serve(kinds, asked.folder, port=asked.port, parent=parent, out=sys.__stdout__))


async def serve(kinds: Kinds, folder: Path, *, port: int, parent: int, out: TextIO | None) -> None:
    """Serve sessions of `kinds` with their memory in `folder` until a signal, or until `parent` is no more."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # Nothing of a request belongs in the log, and sessions decide how long closing takes.
    runner = web.AppRunner(Doors(kinds, folder).app(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        host, bound = runner.addresses[0][:2]
        print(json.dumps({"address": f"http://{host}:{bound}"}), file=out, flush=True)
        await _until_stopped(stop, parent)
    finally:
        async with asyncio.timeout(_CLOSED_WITHIN_S):
            await runner.cleanup()


def found(name: str) -> type[VendorConnector]:
    """The connector class that `module:Class` names. Ends the program with a word when there is none."""
    module, _, attribute = name.partition(":")
    try:
        kind = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as e:
        raise SystemExit(f"{name} is not found: {type(e).__name__}: {e}") from e
    if not (isinstance(kind, type) and issubclass(kind, VendorConnector)):
        raise SystemExit(f"{name} is no class of VendorConnector")
    return kind


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m connectors.testing.driven", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "connectors", nargs="+", metavar="module:Class", help="the connectors; the first is the default"
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 is a free one")
    parser.add_argument("--folder", type=Path, required=True, help="where sessions keep what they remember")
    return parser


async def _until_stopped(stop: asyncio.Event, parent: int) -> None:
    """Until the signal, or until the process that started us is gone (whoever adopts us has another number)."""
    while os.getppid() == parent and not stop.is_set():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_FOR_PARENT_S):
                await stop.wait()


if __name__ == "__main__":
    main()
