"""What holds for every test: absent things are skipped by name, slow tests do not hold up the rest, no stop-watch."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, settings

from tests.memory import keep_files_in_memory
from tests.optional import is_present

_WANT = "for want of"
_UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")
_QUIETENED = ("", "hub", "hub.conformance", "asyncio")

# Two cores are shared with whatever else runs: a slow example is no fault of the code's.
settings.register_profile("knutepunkt", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("knutepunkt")

_found = cache(is_present)

keep_files_in_memory()


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the mark that stands in no configuration file."""
    config.addinivalue_line("markers", "speed: measures how fast something is; runs when hardly anything else is left")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs an absent thing, and put the tests in the order in which they run soonest.

    A lone process runs the slow tests last. Several begin with the files that hold them, each with a file at a time,
    so that none waits for another's last file, and what a file's tests share is made once.
    """
    for item in items:
        for name in _absent(item):
            item.user_properties.append((_WANT, name))
            item.add_marker(pytest.mark.skip(reason=f"{name} is not here"))
    is_one_of_several = hasattr(config, "workerinput")
    items.sort(key=lambda item: (_is(item, "speed"), _is(item, "slow") is not is_one_of_several))


def _is(item: pytest.Item, mark: str) -> bool:
    return item.get_closest_marker(mark) is not None


def _absent(item: pytest.Item) -> list[str]:
    names = {name for mark in item.iter_markers("needs") for name in mark.args}
    try:
        return sorted(name for name in names if not _found(name))
    except KeyError as error:
        raise pytest.UsageError(f"{item.nodeid} needs {error}, which tests/optional.py doesn't know") from error


@pytest.fixture(autouse=True)
def _logs_as_they_come() -> Iterator[None]:
    """What one test quietens, in its own process, is loud again in the next one.

    A server may have been told to be quiet for a whole module: uvicorn's logs are set right before each test. A command
    sets up the logs of its process: what they were is put back after the test.
    """
    for name in _UVICORN:
        logger = logging.getLogger(name)
        logger.setLevel(logging.NOTSET)
        logger.propagate, logger.disabled = True, False
    loggers = [logging.getLogger(name) for name in _QUIETENED]
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name in one line what was skipped because something optional is not on this machine."""
    skipped = terminalreporter.stats.get("skipped", [])
    absent = Counter(name for report in skipped for what, name in report.user_properties if what == _WANT)
    told = ", ".join(f"{name} ({number} tests)" for name, number in sorted(absent.items()))
    terminalreporter.write_line(f"Skipped because absent here: {told or 'nothing'}.")
