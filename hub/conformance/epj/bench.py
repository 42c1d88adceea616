"""What a test of an EPJ gets in its hands: an adapter and raw HTTP to it, notes to write, and what became of them."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import orjson

from epj_adapter.verdict import Answer
from hub.conformance.epj.back_door import Beside
from hub.conformance.epj.dialect import Dialect, HeldNote, Json
from hub.conformance.epj.notes import Story, an_hour_ago
from hub.conformance.epj.wire import Asked, Wire
from hub.conformance.national.heard import Heard
from hub.conformance.results import Exchange
from hub.conformance.seen import exchanges_of
from hub.conformance.verdicts import Failed, Omitted, both, expect
from hub.model.errors import DeliveryFailed, PatientUnknown
from hub.model.language import Text
from hub.model.note import JournalNote
from hub.model.person import PatientRef
from hub.model.ports import EpjAdapter, Written

T = TypeVar("T")

_TAKEN = both("journalsystemet tar imot notatet", "the EPJ takes the note")


@dataclass(frozen=True, slots=True)
class Patients:
    """Whom tests are about: `known` to the EPJ without end, and `unknown`, whom it doesn't know."""

    known: Iterator[PatientRef]
    unknown: Iterator[PatientRef]


class EpjBench:
    """One test's hands on an EPJ: `adapter` and `wire` lead to it, `beside` does what its API has no call for."""

    def __init__(
        self,
        adapter: EpjAdapter,
        wire: Wire,
        beside: Beside,
        *,
        heard: Heard,
        dialect: Dialect | None,
        patients: Patients,
    ) -> None:
        self.adapter = adapter
        self.wire = wire
        self.beside = beside
        self.heard = heard
        self._dialect = dialect
        self._patients = patients

    @property
    def dialect(self) -> Dialect:
        """The contract on the wire. Omitted where the kit doesn't know it."""
        if self._dialect is None:
            raise Omitted(
                both(
                    "kontrakten på nettet er kjent bare for fhir_rest og journal_rest",
                    "the contract on the wire is known for fhir_rest and journal_rest only",
                )
            )
        return self._dialect

    def patient(self) -> PatientRef:
        """A synthetic patient whom the EPJ knows."""
        return next(self._patients.known)

    @contextlib.asynccontextmanager
    async def stranger(self) -> AsyncIterator[PatientRef]:
        """A synthetic patient whom the EPJ doesn't know while the block lasts."""
        patient = next(self._patients.unknown)
        async with self.beside.without(patient):
            yield patient

    def key(self, more: str = "") -> str:
        """A key of a note, new each time; it ends with `more`."""
        return f"konformitet-{uuid.uuid4()}{more}"

    def story(self, key: str | None = None, *, patient: PatientRef | None = None, at: datetime | None = None) -> Story:
        """A case with an alarm, under a key of its own."""
        return Story(key or self.key(), patient or self.patient(), raised_at=at or an_hour_ago())

    async def write(self, note: JournalNote) -> Written:
        """Write the note as the hub does. Raises Failed when the EPJ doesn't take it."""
        return await taken(self.adapter.write(note, note.key))

    async def amend(self, note: JournalNote, written: Written) -> Written:
        """Bring what was written up to `note`. Raises Failed when the EPJ doesn't take it."""
        if not self.adapter.abilities.amend:
            raise Omitted(both("journalsystemet kan ikke endre notater", "the EPJ can't amend notes"))
        since, reference = written.revision, written.reference
        return await taken(self.adapter.amend(note, note.key, reference=reference, since=since))

    async def find(self, key: str) -> Written | None:
        """The note with `key`, as the hub finds it. Raises Failed when the EPJ can't tell."""
        if not self.adapter.abilities.find:
            raise Omitted(both("journalsystemet kan ikke slå opp notater", "the EPJ can't look up notes"))
        return await taken(self.adapter.find(key))

    async def ask_create(self, note: JournalNote, body: bytes | Json, *, content_type: str = "") -> Answer:
        """Create by raw HTTP with `body` in place of the note's. Raises Failed when the patient is not known."""
        return await self.wire.ask(await self.creation(note, body, content_type=content_type))

    async def creation(self, note: JournalNote, body: bytes | Json, *, content_type: str = "") -> Asked:
        """The raw request that creates `note`, with `body`."""
        dialect = self.dialect
        asked = await dialect.create_at(self.wire, note.patient)
        if asked is None:
            raise Failed(both("pasienten er ukjent", "the patient is unknown"), expected=_TAKEN)
        said = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = {"Content-Type": content_type or dialect.content_type, **dialect.condition(note.key)}
        return Asked(asked.method, asked.path, said, headers)

    async def references(self, key: str) -> Sequence[str]:
        """The EPJ's own ids of all notes with `key`."""
        answer = await self.wire.ask(Asked("GET", self.dialect.search(key)))
        expect(
            answer.ok,
            expected=both("oppslag på nøkkel blir besvart", "a look-up by key is answered"),
            seen=both(f"svar {answer.status}", f"answer {answer.status}"),
        )
        return self.dialect.found(answer)

    async def held(self, reference: str) -> HeldNote:
        """The note as the EPJ gives it out. Raises Failed when it doesn't."""
        answer = await self.wire.ask(Asked("GET", self.dialect.read_at(reference)))
        expect(
            answer.ok,
            expected=both("notatet kan leses igjen", "the note can be read again"),
            seen=both(f"svar {answer.status}", f"answer {answer.status}"),
        )
        return self.dialect.held(answer)

    async def expect_notes(self, key: str, number: int) -> None:
        """Exactly `number` notes have `key`."""
        found = len(await self.references(key))
        expect(
            found == number,
            expected=both(f"{number} notat med nøkkelen", f"{number} notes with the key"),
            seen=both(f"{found} notater med nøkkelen", f"{found} notes with the key"),
        )

    def exchanges(self) -> tuple[Exchange, ...]:
        """What was said in the test, for the report."""
        return exchanges_of(self.heard)


async def taken(call: Awaitable[T]) -> T:
    """What `call` on the adapter gives. Raises Failed when the EPJ failed it."""
    try:
        return await call
    except PatientUnknown:
        seen = both(
            "journalsystemet kjenner ikke pasienten; oppgi en testpasient som det kjenner, med --patient",
            "the EPJ doesn't know the patient; name a test patient that it knows by --patient",
        )
        raise Failed(seen, expected=_TAKEN) from None
    except DeliveryFailed as error:
        raise Failed(said_of(error), expected=_TAKEN) from None


async def refusal(call: Awaitable[object], *, expected: Text) -> DeliveryFailed:
    """What `call` on the adapter is refused with. Raises Failed when it isn't: `expected` is what should have been."""
    try:
        await call
    except DeliveryFailed as error:
        return error
    raise Failed(both("journalsystemet tok imot", "the EPJ took it"), expected=expected)


def said_of(error: DeliveryFailed) -> Text:
    """An adapter's error for a reader; the adapter's words repeat nothing of notes."""
    name = type(error).__name__
    return both(f"{name}: {error}", f"{name}: {error}")
