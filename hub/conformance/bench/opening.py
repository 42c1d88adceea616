"""Opens the benches of a plan."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from hub.conformance.bench.benches import SenderBenches, Subject, sender_benches


def open_benches(plan: str, subject: Subject, folder: Path) -> AbstractAsyncContextManager[SenderBenches]:
    """What gives the tests of `plan` their benches, with its files in `folder`."""
    return sender_benches(subject, folder)
