"""Kills a process again and again, at random moments, until it has come to its end all the same."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from time import monotonic

#: What tells how far the work has come, so that kills hit the middle of it and not only the start.
Progress = Callable[[], int]
_LONGEST_S = 30.0


async def die_often(
    target: Callable[..., None],
    arguments: tuple[object, ...],
    *,
    folder: Path,
    kills: int,
    random: Random,
    progress: Progress,
    step: int,
) -> int:
    """Run `target` until the file `finished` is in `folder`, killing it `kills` times; answers how often it was.

    No life comes further than about `step`, so that the work outlasts the kills, however fast the machine is.
    """
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.connectors.telling"])
    killed = 0
    while not (folder / "finished").exists():
        process = processes.Process(target=target, args=arguments, daemon=True)
        process.start()
        if killed < kills:
            await a_while(process, random, progress, step)
            process.kill()
        await asyncio.to_thread(process.join)
        assert process.exitcode in (0, -signal.SIGKILL)
        killed += process.exitcode == -signal.SIGKILL
        process.close()
    return killed


async def a_while(process: BaseProcess, random: Random, progress: Progress, step: int) -> None:
    """Until it has come some way, or every other time for some milliseconds at the most: any moment may be the last."""
    far_enough = progress() + random.randint(1, step)
    until = monotonic() + (random.uniform(0, 0.1) if random.random() < 0.5 else _LONGEST_S)
    while progress() < far_enough and monotonic() < until and process.is_alive():  # noqa: ASYNC110 — or it ends itself
        await asyncio.sleep(0.001)
