"""What operations must be told of: devices whose last will is published, and devices that fall silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import orjson

from devices_sim.emission import Emission


@dataclass(frozen=True, slots=True)
class TrueTechnical:
    """A device that must raise a technical alert to operations: by its last will or by falling silent."""

    municipality: str
    sender: str
    device: str
    why: Literal["last_will", "silence"]
    at: datetime


class SignsOfLife:
    """Follows when each device must be heard from, by the interval that it declared; any message is a sign of life."""

    def __init__(self) -> None:
        self._interval: dict[str, timedelta] = {}
        self._deadline: dict[str, datetime] = {}

    def note(self, emission: Emission) -> Iterator[TrueTechnical]:
        """Take in a message that was sent, and give the alerts that it leads to or shows to have been missed."""
        root = emission.topic.rpartition("/")[0]
        deadline = self._deadline.get(root)
        if deadline is not None and emission.at > deadline:
            yield _alert(root, "silence", deadline)
        if emission.kind == "status":
            said = orjson.loads(emission.payload)
            if said["state"] == "offline":
                yield _alert(root, "last_will", emission.at)
            self._declares(root, said["next_within_s"])
        if root in self._interval:
            self._deadline[root] = emission.at + self._interval[root]

    def silent(self, end: datetime) -> Iterator[TrueTechnical]:
        """The devices that should have been heard from before `end` and were not."""
        for root, deadline in self._deadline.items():
            if deadline < end:
                yield _alert(root, "silence", deadline)

    def _declares(self, root: str, seconds: float | None) -> None:
        if seconds is None:
            self._interval.pop(root, None)
            self._deadline.pop(root, None)
        else:
            self._interval[root] = timedelta(seconds=seconds)


def _alert(root: str, why: Literal["last_will", "silence"], at: datetime) -> TrueTechnical:
    _, municipality, sender, device = root.split("/")
    return TrueTechnical(municipality, sender, device, why, at)
