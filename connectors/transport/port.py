"""What a way to the hub must be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from connectors.receipt import Receipt, sha256_of


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way out: the type of its resource, its bytes, and the equipment that it is about."""

    resource_type: str
    payload: bytes
    device: str

    @property
    def sha256(self) -> str:
        """The payload's SHA-256 in hex, by which receipts are matched."""
        return sha256_of(self.payload)


@dataclass(frozen=True, slots=True)
class Journaling:
    """How far a registered message has come with the service: each time is None until it has happened."""

    registered: datetime | None = None
    read: datetime | None = None
    journaled: datetime | None = None
    failed: datetime | None = None


class Transport(Protocol):
    """A way to the hub, used with `async with`. Many sends may be under way at once, never two of one patient.

    `takes` are the resource types that may be a message of their own; all else goes in a Bundle.
    """

    @property
    def takes(self) -> frozenset[str]:
        """The resource types that may go alone."""
        ...

    async def send(self, message: Outgoing) -> Receipt:
        """Send `message` and answer with what the hub says became of it, a rejection included.

        Raises `Refused` (never send it again), `AccessDenied` (with `status` 401: sign-in failed, it may come right;
        else never again), `Unreachable` (nothing was registered) or `OutcomeUnknown` (it may have been; the same
        bytes may be sent again), the last two with `retry_after` seconds where the hub asks for it.
        """
        ...

    async def status(self, reference: str) -> Journaling:
        """How far the message known as `Receipt.reference` has come. Raises as `send` does."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@runtime_checkable
class ReportsDevices(Protocol):
    """A way to the hub by which devices can say how they are."""

    async def report_device(
        self, device: str, *, state: str, at: str, battery: int | None = None, next_within_s: int | None = None
    ) -> None:
        """Tell how a device is at the FHIR time `at`; see `Connector.report_device`."""
        ...
