"""The port: what a check asks of a running hub and the systems around it. `hub.app.rehearsing` is the real one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from hub.model.codes import ReceiptCode, Route, ServiceCode
from hub.model.errors import KnutepunktError
from hub.model.person import PatientRef

Door = Literal["mqtt", "jft"]
Disturbance = Literal["down", "drops"]


@dataclass(frozen=True, slots=True)
class RegisteredSender:
    """A sender as the hub has it, with the services that the municipality has allowed it."""

    id: str
    service_codes: tuple[ServiceCode, ...]

    def may_send(self, service: ServiceCode) -> bool:
        """Whether it may send for `service`; the response service follows up alarms of every kind."""
        return service in self.service_codes or ServiceCode.RESPONSE in self.service_codes


@dataclass(frozen=True, slots=True)
class Registration:
    """What the hub has of a municipality. `doors` are those by which the hub may send test
    messages in its senders' name; by JFT that is `jft_sender` alone, whose client the hub has.
    """

    name: str
    epj: str
    is_simulated: bool
    senders: tuple[RegisteredSender, ...]
    alert_route: Route
    unmapped_codes: tuple[str, ...]
    epj_codes: dict[str, tuple[str, ...]]
    doors: tuple[Door, ...]
    jft_sender: str | None = None

    def sender_for(self, service: ServiceCode, door: Door) -> RegisteredSender | None:
        """A sender that may send for `service` by `door`, if there is one."""
        able = (s for s in self.senders if door == "mqtt" or s.id == self.jft_sender)
        return next((sender for sender in able if sender.may_send(service)), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hub said to a message that was sent."""

    code: ReceiptCode
    text: str
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenNote:
    """A journal note, line by line. `seen_in` is `epj` (its own page) or `hub` (as delivered)."""

    key: str
    lines: tuple[str, ...]
    revision: int
    seen_in: Literal["epj", "hub"]


@dataclass(frozen=True, slots=True)
class TokenTrial:
    """A door that was tried with a token and without; HTTP statuses. `door` is its path, `kind` Bearer or DPoP."""

    door: str
    kind: str
    with_token: int
    without_token: int


@dataclass(frozen=True, slots=True)
class AtRest:
    """What waits in a municipality's part of the hub."""

    pending: int
    alerts_pending: int
    waiting: int
    quarantined: int
    alerts: tuple[str, ...]
    held: bool


class OutOfReach(KnutepunktError):
    """The hub, or what a check needs of it, did not answer. `words` is Norwegian, without secrets or names."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Surroundings(Protocol):
    """A running hub as a check sees it. Every call may raise `OutOfReach`."""

    def now(self) -> datetime:
        """The hub's time."""
        ...

    def registration(self, municipality: str) -> Registration | None:
        """What the hub has of the municipality, or None when it is not registered."""
        ...

    async def send(self, municipality: str, sender: str, payload: bytes, *, device: str, door: Door) -> Answer:
        """Send `payload` as a sender would and answer with the hub's receipt."""
        ...

    async def notes(self, municipality: str, patient: PatientRef, names: Sequence[str]) -> tuple[SeenNote, ...]:
        """The patient's notes of the cases that hold a message with one of these identifiers, once they are settled.

        Waits for the deliveries for a while; a note that has not come by then is not among them.
        """
        ...

    def disturbed(self, municipality: str, kind: Disturbance) -> AbstractAsyncContextManager[None]:
        """The municipality's simulated EPJ with a fault for its next request."""
        ...

    async def token(self, municipality: str, door: Door) -> TokenTrial | None:
        """Fetch a token and call a protected door with it and without; None where the hub has no client for it."""
        ...

    async def at_rest(self, municipality: str) -> AtRest:
        """What waits, right now."""
        ...

    async def dismiss(self, municipality: str, payload: bytes) -> None:
        """Take a rejected test message out of quarantine, as an operator would."""
        ...
