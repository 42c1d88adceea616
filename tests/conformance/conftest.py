"""The command quietens the logs of its process; the next test gets them back."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

_QUIETENED = ("", "uvicorn", "uvicorn.error", "hub", "asyncio", "hub.conformance")


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _QUIETENED]
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
