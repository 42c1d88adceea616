from tests.store.fixtures import _tidy_template, postgresql, postgresql_store, sqlite_store, store

__all__ = ["_tidy_template", "postgresql", "postgresql_store", "sqlite_store", "store"]
