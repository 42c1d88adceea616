"""What the contract with an EPJ is on the wire: what the kit must know of an adapter to test its EPJ by raw HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from epj_adapter.verdict import Answer
from hub.conformance.epj.wire import Asked, Wire
from hub.model.note import JournalNote
from hub.model.person import PatientRef

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HeldNote:
    """A note as the EPJ gives it out: what a nurse reads, in lines, and the senders' resources."""

    title: str
    source: str
    occurred_at: str
    lines: tuple[str, ...]
    resources: tuple[Json, ...]
    revision: int


class Dialect(Protocol):
    """One contract."""

    name: str
    is_conditional: bool
    content_type: str

    async def create_at(self, wire: Wire, patient: PatientRef) -> Asked | None:
        """The request that creates notes of `patient`, still without a body; None when the patient is unknown."""
        ...

    def condition(self, key: str) -> Mapping[str, str]:
        """The headers by which a create registers nothing that is there already; empty where there are none."""
        ...

    def replace_at(self, reference: str) -> str:
        """The path at which the note at `reference` is replaced."""
        ...

    def written(self, note: JournalNote, *, reference: str | None = None) -> Json:
        """The note as it is sent."""
        ...

    def without_text(self, note: JournalNote) -> Json:
        """A note with key and patient which lacks what every note must have."""
        ...

    def add_to_sources(self, body: Json, resource: Json) -> None:
        """Add a sender's resource to what is sent."""
        ...

    def place(self, answer: Answer) -> str:
        """Where the answer to a create says that the note is; empty when it doesn't."""
        ...

    def search(self, key: str) -> str:
        """The path that finds notes by key."""
        ...

    def found(self, answer: Answer) -> Sequence[str]:
        """The references of the notes in the answer to a search."""
        ...

    def read_at(self, reference: str) -> str:
        """The path at which the note is read."""
        ...

    def held(self, answer: Answer) -> HeldNote:
        """The note in the answer to a read."""
        ...

    def says_why(self, answer: Answer) -> bool:
        """Whether a refusal tells why, in the form that the contract has for it."""
        ...


def json_object(body: bytes) -> Json:
    """The JSON object in `body`, or an empty one."""
    try:
        content = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        content = {}
    return content if isinstance(content, dict) else {}
