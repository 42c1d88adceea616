"""Fixtures that rooms above the store use as well: import them in a conftest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.store.places import make_schema, new_file, remove_template
from tests.store.postgresql import Cluster, shared_cluster

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]


@cache
def _template_database() -> str:
    server = shared_cluster()
    url = server.new_database()
    make_schema(url)
    return url.partition("@/")[2].partition("?")[0]


@pytest.fixture(scope="session")
def postgresql() -> Cluster:
    """A running PostgreSQL."""
    return shared_cluster()


@pytest.fixture(scope="session", autouse=True)
def _tidy_template() -> Iterator[None]:
    yield
    remove_template()


@pytest.fixture
def postgresql_store(postgresql: Cluster) -> str:
    """The address of a fresh PostgreSQL store."""
    return postgresql.new_database(template=_template_database())


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
