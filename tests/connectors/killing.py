"""Kills a process again and again, at random moments, until it has come to its end all the same."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

#: What tells how far the work has come, so that kills hit the middle of it and not only the start.
Progress = Callable[[], int]


async def die_often(
    target: Callable[..., None],
    arguments: tuple[object, ...],
    *,
    folder: Path,
    kills: int,
    random: Random,
    progress: Progress | None = None,
    step: int = 100,
) -> int:
    """Run `target` until the file `finished` is in `folder`, killing it `kills` times; answers how often it was."""
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


async def a_while(process: BaseProcess, random: Random, progress: Progress | None, step: int) -> None:
    """Some milliseconds after the start, or until some events more have arrived: any moment may be the last."""
    if progress is None or random.random() < 0.5:
        await asyncio.sleep(random.uniform(0, 0.1 if progress else 0.4))
        return
    target = progress() + random.randint(1, step)
    while progress() < target and process.is_alive():  # noqa: ASYNC110 — the process may end it, too
        await asyncio.sleep(0.001)
