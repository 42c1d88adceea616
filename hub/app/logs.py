"""Logging: one line an event, and nothing in it that looks like an identity number."""

from __future__ import annotations

import logging
import sys

from hub.model.person import without_identity_numbers


class _Blotted(logging.Formatter):
    """Formats a record, with its traceback, and blots out eleven-digit numbers should one have slipped in."""

    def format(self, record: logging.LogRecord) -> str:
        return without_identity_numbers(super().format(record))


def set_up_logs(*, level: int = logging.INFO) -> None:
    """Send every logger's lines to standard error."""
    line = logging.StreamHandler(sys.stderr)
    line.setFormatter(_Blotted("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [line]
    root.setLevel(level)
