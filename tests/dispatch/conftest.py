from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.store.fixtures import _tidy_template, postgresql, postgresql_store, sqlite_store, store


@pytest.fixture(autouse=True, scope="session")
def _quick_collections() -> Iterator[None]:
    """What is there from the start is not looked through again at each killed hub's end."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


__all__ = ["_tidy_template", "postgresql", "postgresql_store", "sqlite_store", "store"]
