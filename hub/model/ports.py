"""The ports: what the hub asks of a clock, an EPJ and a publisher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from hub.model.note import JournalNote


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """The hub's time, aware and UTC; may run faster than the machine's in a simulation."""
        ...

    def real(self) -> float:
        """The machine's seconds since 1970, never scaled."""
        ...


@dataclass(frozen=True, slots=True)
class EpjAbilities:
    """What an EPJ can do. What it can't, the hub must do without.

    `find`: a note can be looked up by key, so a doubtful delivery settles itself. `amend`: an unread note
    can be replaced; otherwise it gets an addendum in the same note. `conditional_create`: the EPJ itself
    refuses a second note with the same key.
    """

    find: bool = True
    amend: bool = True
    conditional_create: bool = False
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """An EPJ's receipt: its own id of the note, which revision it now holds, and how it got it.

    A successful `amend` answers with the note's newest revision, or with the newest that it could bring in.
    """

    reference: str
    revision: int
    how: Literal["created", "existed", "replaced", "addendum"]


@runtime_checkable
class EpjAdapter(Protocol):
    """One EPJ system's way in.

    Every method raises `Refused` or `PatientUnknown` (stop, a person must act), `Unreachable` (nothing was
    registered) or `OutcomeUnknown` (it may have been), and nothing else on purpose. Concurrent calls
    are allowed, never two at once for one key.
    """

    abilities: EpjAbilities

    async def write(self, note: JournalNote, key: str) -> Written:
        """Register `note` under the hub's `key`; at most one note per key where the EPJ can promise it."""
        ...

    async def find(self, key: str) -> Written | None:
        """The note registered under `key`, or None when the EPJ is sure that there is none."""
        ...

    async def amend(self, note: JournalNote, key: str, *, reference: str, since: int) -> Written:
        """Bring the note at `reference`, which holds revision `since`, up to `note.revision`.

        Replaces it where the EPJ can; adds an addendum in the same note where it can't, or where the
        note has been read or signed.
        """
        ...

    async def aclose(self) -> None:
        """Give back connections."""
        ...


class Publisher(Protocol):
    """The way out to MQTT."""

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        correlation: bytes | None = None,
        retain: bool = False,
    ) -> None:
        """Hand `payload` to the broker at QoS 1. Raises `Unreachable` when there is no connection."""
        ...


class ReplayStore(Protocol):
    """Remembers what may be used only once (token ids, proof ids), across every process that shares it."""

    async def first_use(self, kind: str, jti: str, expires_at: float) -> bool:
        """True exactly once for a `kind` and `jti`; remembered at least until `expires_at` (seconds since 1970).

        `jti` is at most 64 ASCII characters: callers hash what they were sent. Raises `StoreUnavailable` when it
        cannot tell.
        """
        ...
