"""Fresh stores for tests, quickly: the schema is made once, then copied."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from hub.store.engine import open_engines


async def _make(location: Path | str) -> None:
    await (await open_engines(location)).aclose()


@cache
def _template() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="kp-template-"))
    file = directory / "store.sqlite"
    _run(file)
    return file


def template() -> Path:
    """An empty SQLite store at the newest schema; not to be opened, only to be copied."""
    return _template()


def remove_template() -> None:
    if _template.cache_info().currsize:
        shutil.rmtree(_template().parent, ignore_errors=True)
        _template.cache_clear()


def new_file(directory: Path, name: str = "store.sqlite") -> Path:
    file = directory / name
    shutil.copyfile(template(), file)
    return file


@contextmanager
def store_file() -> Iterator[Path]:
    """A fresh SQLite store in a directory of its own, for tests that make many."""
    with tempfile.TemporaryDirectory(prefix="kp-store-", dir=_fast()) as directory:
        yield new_file(Path(directory))


def _fast() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def make_schema(url: str) -> None:
    """Bring the database at `url` to the newest schema."""
    _run(url)


def _run(location: Path | str) -> None:
    """In a thread, since the caller may be in an event loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_make(location))).result()
