"""A hub in memory, for tests: takes messages, answers as the hub would, and fails when it is told to."""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import Self

from connectors.receipt import Receipt
from connectors.transport.port import Journaling, Outgoing
from hub.fhir.parsing import EVENT_TYPES, canonical_hash, parse
from hub.model.codes import ReceiptCode
from hub.model.errors import KnutepunktError, RejectedMessage


class MemoryTransport:
    """Keeps what it is sent in `received`, each message once; repeats are answered as duplicates.

    `fail_next` lets the next sends fail, one after the other; with `after_registering` the message is kept first,
    as when an answer is lost on its way.
    """

    def __init__(self, *, takes: frozenset[str] = EVENT_TYPES) -> None:
        self.takes = takes
        self.received: list[Outgoing] = []
        self.sends = 0
        self.journalings: dict[str, Journaling] = {}
        self._known: set[str] = set()
        self._failures: deque[tuple[KnutepunktError, str]] = deque()

    def fail_next(self, *errors: KnutepunktError) -> None:
        """Let the next sends raise `errors`, one each, with nothing registered."""
        self._failures.extend((error, "before") for error in errors)

    def fail_next_after_registering(self, *errors: KnutepunktError) -> None:
        """Let the next sends raise `errors`, one each, after the message was registered."""
        self._failures.extend((error, "after") for error in errors)

    async def send(self, message: Outgoing) -> Receipt:
        """Take `message`; see `Transport.send`. What is no FHIR message is answered as rejected."""
        self.sends += 1
        error, when = self._failures.popleft() if self._failures else (None, "")
        if error is not None and when == "before":
            raise error
        receipt = self._register(message)
        if error is not None:
            raise error
        return receipt

    async def status(self, reference: str) -> Journaling:
        """What `journalings` says of `reference`."""
        return self.journalings.get(reference, Journaling())

    def _register(self, message: Outgoing) -> Receipt:
        try:
            content = canonical_hash(parse(message.payload))
        except RejectedMessage:
            return Receipt(ReceiptCode.REJECTED, message.sha256)
        if content in self._known:
            return Receipt(ReceiptCode.DUPLICATE, message.sha256)
        self._known.add(content)
        self.received.append(message)
        return Receipt(ReceiptCode.ACCEPTED, message.sha256)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None
