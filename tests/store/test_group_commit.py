from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from hub.store.group_commit import GroupCommit


async def _never(_batch: Sequence[int]) -> list[int]:
    await asyncio.Event().wait()
    return []


async def test_nobody_waits_for_what_will_never_be_written() -> None:
    """A hub that ends must not hang on those who hand something in while it does."""
    commits: GroupCommit[int, int] = GroupCommit(_never, most=1)
    running = asyncio.create_task(commits.run())
    under_way, queued = commits.submit(1), commits.submit(2)
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running])
    late = commits.submit(3)
    for waiting in (under_way, queued, late):
        with pytest.raises(asyncio.CancelledError):
            async with asyncio.timeout(1):
                await waiting
