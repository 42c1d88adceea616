"""Fixtures that rooms above the store use as well: import them in a conftest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.places import make_schema, new_file, remove_template
from tests.store.postgresql import Cluster, cluster

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    with cluster() as server:
        make_schema(server.new_database())
        yield server


@pytest.fixture(scope="session", autouse=True)
def _tidy_template() -> Iterator[None]:
    yield
    remove_template()


@pytest.fixture
def postgresql_store(postgresql: Cluster) -> str:
    """The address of a fresh PostgreSQL store."""
    return postgresql.new_database(template="test_1")


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Path:
    """A fresh SQLite store."""
    return new_file(tmp_path)


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """The location of a fresh store: SQLite, and PostgreSQL where it is installed."""
    if request.param == "sqlite":
        return new_file(tmp_path)
    return request.getfixturevalue("postgresql_store")
