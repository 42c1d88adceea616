"""A hub for checks without a hub: what is sent is kept, and notes are made of it as the test says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from hub.model.codes import ReceiptCode, Route, ServiceCode
from hub.model.person import PatientRef
from hub.rehearsal.surroundings import (
    Answer,
    AtRest,
    Disturbance,
    Door,
    OutOfReach,
    RegisteredSender,
    Registration,
    SeenNote,
    TokenTrial,
)

TESTVIK = "314159265"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ALL = tuple(code for code in ServiceCode if code not in {ServiceCode.OTHER, ServiceCode.RESPONSE})
REGISTERED = Registration(
    name="Testvik",
    epj="fhir_rest",
    is_simulated=True,
    senders=(RegisteredSender("Acme", ALL),),
    alert_route=Route.EPJ,
    unmapped_codes=(),
    epj_codes={code.value: ("%.1",) for code in ALL},
    doors=("mqtt", "jft"),
    jft_sender="Acme",
)
CALM = AtRest(pending=0, alerts_pending=0, waiting=0, quarantined=0, alerts=(), held=False)

Notes = Callable[["FakeHub", Sequence[str]], tuple[SeenNote, ...]]


def one_note(hub: FakeHub, names: Sequence[str]) -> tuple[SeenNote, ...]:
    """One note that holds whatever text the newest message of the case had."""
    versions = [m for m in hub.sent if m.name in names and m.code is not ReceiptCode.REJECTED]
    if not versions:
        return ()
    newest = max(versions, key=lambda m: m.said)
    return (SeenNote("key-1", newest.texts, 1, "epj"),)


@dataclass(frozen=True)
class Sent:
    name: str
    said: str
    payload: bytes
    texts: tuple[str, ...]
    code: ReceiptCode
    door: Door


@dataclass
class FakeHub:
    """The `Surroundings` of a test."""

    registered: Registration | None = REGISTERED
    rest: AtRest = CALM
    trial: TokenTrial | None = field(default_factory=lambda: TokenTrial("GET /jft/v1/Bundle", "DPoP", 200, 401))
    make_notes: Notes = one_note
    sent: list[Sent] = field(default_factory=list)
    disturbances: list[Disturbance] = field(default_factory=list)
    dismissed: list[bytes] = field(default_factory=list)
    is_gone: bool = False

    def now(self) -> datetime:
        return NOW

    def registration(self, municipality: str) -> Registration | None:
        return self.registered if municipality == TESTVIK else None

    async def send(self, municipality: str, sender: str, payload: bytes, *, device: str, door: Door) -> Answer:
        if self.is_gone:
            raise OutOfReach("Ingen svarte.")
        said = orjson.loads(payload)
        name, code = _name(said), ReceiptCode.ACCEPTED
        earlier = [m for m in self.sent if m.name == name]
        if said["resourceType"] == "DetectedIssue" and "code" not in said:
            code = ReceiptCode.REJECTED
        elif any(m.payload == payload for m in earlier):
            code = ReceiptCode.DUPLICATE
        elif earlier:
            code = ReceiptCode.AMENDED
        texts = tuple(_texts(said))
        self.sent.append(Sent(name, str(said.get("timestamp", "")), payload, texts, code, door))
        return Answer(code, "Mottatt")

    async def notes(self, municipality: str, patient: PatientRef, names: Sequence[str]) -> tuple[SeenNote, ...]:
        return self.make_notes(self, names)

    def disturbed(self, municipality: str, kind: Disturbance) -> AbstractAsyncContextManager[None]:
        return self._disturbed(kind)

    @asynccontextmanager
    async def _disturbed(self, kind: Disturbance) -> AsyncIterator[None]:
        self.disturbances.append(kind)
        yield

    async def token(self, municipality: str, door: Door) -> TokenTrial | None:
        return self.trial

    async def at_rest(self, municipality: str) -> AtRest:
        return self.rest

    async def dismiss(self, municipality: str, payload: bytes) -> None:
        self.dismissed.append(payload)


def only(service: ServiceCode, **changes: Any) -> Registration:
    """A registration whose one sender may send for one service."""
    return replace(REGISTERED, senders=(RegisteredSender("Acme", (service,)),), **changes)


def _name(said: dict[str, Any]) -> str:
    given = said.get("identifier") or [{}]
    return str((given if isinstance(given, dict) else given[0]).get("value"))


def _texts(value: Any) -> list[str]:
    """Every text in a message, narrative without its markup."""
    if isinstance(value, dict):
        return [text for v in value.values() for text in _texts(v)]
    if isinstance(value, list):
        return [text for v in value for text in _texts(v)]
    return (
        [value.split(">", 1)[1].split("<", 1)[0] if value.startswith("<div") else value]
        if isinstance(value, str)
        else []
    )
