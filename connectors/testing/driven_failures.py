"""What may be told of a failure: the kind of error and where it came up, never a text that could hold content."""

from __future__ import annotations

import traceback
from pathlib import Path

from hub.model.errors import KnutepunktError

_OURS = ("hub.", "connectors.")


def described(error: BaseException) -> str:
    """What failed: our own errors with their text, which holds no content; other people's by kind alone."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(described(each) for each in error.exceptions)
    is_ours = isinstance(error, KnutepunktError) and type(error).__module__.startswith(_OURS)
    return f"{type(error).__name__}: {error}" if is_ours else type(error).__name__


def located(error: BaseException) -> str:
    """The same with the last steps of the way to where it came up, for the log of those who mend it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return f"{described(error)} ({' > '.join(f'{Path(f.filename).name}:{f.lineno}' for f in frames)})"
