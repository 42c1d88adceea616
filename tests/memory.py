"""Where tests keep their files: in memory where there is room, since nothing here needs to outlive the machine."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")
_ROOM = 6 * 2**30


def keep_files_in_memory() -> None:
    """Let temporary files, ours and those of processes that we start, lie in memory; not if TMPDIR says where.

    Making a PostgreSQL database or waiting for the disk at each of SQLite's commits costs a tenth of the time there.
    Scripts are run from such files as well, and some containers don't allow that.
    """
    if "TMPDIR" not in os.environ and _is_roomy(_IN_MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(_IN_MEMORY)


def _is_roomy(folder: Path) -> bool:
    try:
        there = os.statvfs(folder)
    except OSError:
        return False
    return there.f_bavail * there.f_frsize > _ROOM and not there.f_flag & os.ST_NOEXEC
