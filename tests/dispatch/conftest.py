from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from hub.dispatch import dispatcher
from hub.store import leases
from tests.store.fixtures import _tidy_template, postgresql, postgresql_store, sqlite_store, store


@pytest.fixture(autouse=True, scope="session")
def _hurried() -> Iterator[None]:
    """Rounds that follow the machine's own time come as much more often as the tests' clock is faster."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatcher, "_POLL_S", 0.01)
        patch.setattr(dispatcher, "_RENEW_S", 0.02)
        patch.setattr(leases, "LEASE_SECONDS", 200.0)  # two of the machine's seconds: more than it ever stalls
        gc.collect()
        gc.freeze()
        yield
        gc.unfreeze()


__all__ = ["_tidy_template", "postgresql", "postgresql_store", "sqlite_store", "store"]
