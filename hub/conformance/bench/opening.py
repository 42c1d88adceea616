"""Opens the benches of a plan."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from hub.conformance.bench.benches import SenderBenches, Subject, sender_benches
from hub.conformance.epj.benches import AnyEpjBenches, epj_benches


def open_benches(
    plan: str, subject: Subject, folder: Path
) -> AbstractAsyncContextManager[SenderBenches] | AbstractAsyncContextManager[AnyEpjBenches]:
    """What gives the tests of `plan` their benches, with its files in `folder`."""
    return epj_benches(subject, folder) if plan == "epj" else sender_benches(plan, subject, folder)
