"""What a test can ask of the system under test, however it is driven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from connectors import Event
from connectors.testing.driving import AlertShown, CallAnswer, DeviceWord, EventReport, ProductCard, Surroundings

#: Fates after which nothing more happens to an event.
SETTLED = frozenset({"taken", "registered", "journaled", "failed", "refused", "let_go"})


class NotTaken(Exception):
    """The system refuses to take an event or a message; its word for why."""


class Session(Protocol):
    """The system, connected to one lane. Raises NotTaken, and a Verdict where a person must act or it can't be done."""

    async def tell(self, *events: Event) -> Sequence[int]:
        """Let the system tell `events`; the numbers under which it keeps them."""
        ...

    async def take(self, message: bytes) -> Sequence[int]:
        """Let the system take in a message of its product."""
        ...

    async def take_example(self, place: int) -> Sequence[int]:
        """Let the system take in its own example message number `place`."""
        ...

    async def report_device(self, word: DeviceWord) -> None:
        """Let a device tell how it is."""
        ...

    async def reports(self) -> Sequence[EventReport]:
        """What has become of each event."""
        ...

    async def settled(self, *, within_s: float = 20.0) -> Sequence[EventReport]:
        """Wait until nothing waits any longer; the reports as they then are, or when the time is out."""
        ...

    async def alerts(self) -> Sequence[AlertShown]:
        """The alerts that a response centre has shown."""
        ...

    async def call(self, name: str, parameters: Mapping[str, Any]) -> CallAnswer:
        """Let an API client ask for something."""
        ...

    async def stop(self) -> None:
        """Let the system stop as at a planned stop; its memory stays."""
        ...

    async def start(self, surroundings: Surroundings | None = None) -> None:
        """Start it again with its memory, in other `surroundings` where they are given."""
        ...


class System(Protocol):
    """A system under test. `can` names what it offers beyond the interface: `restart`, `kill`, `output`."""

    card: ProductCard
    can: frozenset[str]

    async def connect(self, surroundings: Surroundings) -> Session:
        """Let the system connect to a lane, remembering nothing."""
        ...

    async def leave(self, session: Session) -> None:
        """End a session and have it forgotten."""
        ...

    def output(self) -> str:
        """What the system has written to its output and log so far."""
        ...

    async def kill(self) -> None:
        """End the system's process at once, and start it anew. Its sessions must be started again."""
        ...
