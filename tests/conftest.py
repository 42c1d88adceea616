"""What holds for every test: absent things are skipped by name, slow tests run one at a time, hypothesis unhurried."""

from __future__ import annotations

import logging
from collections import Counter
from functools import cache

import pytest
from hypothesis import HealthCheck, settings

from tests.memory import keep_files_in_memory
from tests.optional import is_present

_WANT = "for want of"

# Two cores are shared with whatever else runs: a slow example is no fault of the code's.
settings.register_profile("knutepunkt", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("knutepunkt")

_found = cache(is_present)

keep_files_in_memory()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs an absent thing, and put the tests in the order in which they run soonest.

    Alone, a process runs the slow tests last. Of several processes, one takes all the slow tests, one at a time, from
    the beginning, while the others take the rest, file by file. What measures speed (`xdist_group("alone")`) comes
    when hardly anything else is left.
    """
    for item in items:
        for name in _absent(item):
            item.user_properties.append((_WANT, name))
            item.add_marker(pytest.mark.skip(reason=f"{name} is not here"))
        if _is_slow(item) and not _is_alone(item):
            item.add_marker(pytest.mark.xdist_group("slow"))
    is_one_of_several = hasattr(config, "workerinput")
    items.sort(key=lambda item: (_is_alone(item), _is_slow(item) is not is_one_of_several))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Give a process a whole file at a time, so that what a file's tests share is made once."""
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling

    class FileByFile(LoadGroupScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return super()._split_scope(nodeid).partition("::")[0]

    return FileByFile(config, log)


def _is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None


def _is_alone(item: pytest.Item) -> bool:
    group = item.get_closest_marker("xdist_group")
    return group is not None and "alone" in group.args


def _absent(item: pytest.Item) -> list[str]:
    names = {name for mark in item.iter_markers("needs") for name in mark.args}
    try:
        return sorted(name for name in names if not _found(name))
    except KeyError as error:
        raise pytest.UsageError(f"{item.nodeid} needs {error}, which tests/optional.py doesn't know") from error


@pytest.fixture(autouse=True)
def _uvicorn_logs_as_it_comes() -> None:
    """A server that is told to be quiet quietens uvicorn in its whole process; the next test gets its logs back."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.NOTSET)
        logger.propagate = True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name in one line what was skipped because something optional is not on this machine."""
    skipped = terminalreporter.stats.get("skipped", [])
    absent = Counter(name for report in skipped for what, name in report.user_properties if what == _WANT)
    told = ", ".join(f"{name} ({number} tests)" for name, number in sorted(absent.items()))
    terminalreporter.write_line(f"Skipped because absent here: {told or 'nothing'}.")
