"""Who may be sent next: one at a time per lane, in the order told; lanes don't wait for each other. Pure."""

from __future__ import annotations

import heapq
from collections import deque

from connectors.spool.entry import Waiting


class Lanes:
    """A line of waiting entries per lane. Only the first of a lane can be taken, and only one at a time."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[Waiting]] = {}
        self._due: list[tuple[float, int, str]] = []

    def __len__(self) -> int:
        """How many entries wait or are under way."""
        return sum(len(line) for line in self._lines.values())

    def add(self, entry: Waiting) -> None:
        """Put `entry` at the end of its lane."""
        line = self._lines.setdefault(entry.lane, deque())
        line.append(entry)
        if len(line) == 1:
            self._schedule(entry)

    def take(self, now: float) -> Waiting | None:
        """The entry that has been due longest at `now`, to be tried and then given to `done` or `postpone`."""
        if not self._due or self._due[0][0] > now:
            return None
        _, _, lane = heapq.heappop(self._due)
        return self._lines[lane][0]

    def done(self, entry: Waiting) -> None:
        """`entry`, which was taken, is at its end; the next of its lane may go."""
        line = self._lines[entry.lane]
        line.popleft()
        if line:
            self._schedule(line[0])
        else:
            del self._lines[entry.lane]

    def postpone(self, entry: Waiting) -> None:
        """`entry` is the one that was taken, with a later `due`: it stays first in its lane and holds it up."""
        self._lines[entry.lane][0] = entry
        self._schedule(entry)

    @property
    def next_due(self) -> float | None:
        """When the next entry can be taken, in seconds since 1970; None when nothing is waiting for its time."""
        return self._due[0][0] if self._due else None

    def _schedule(self, entry: Waiting) -> None:
        heapq.heappush(self._due, (entry.due, entry.number, entry.lane))
