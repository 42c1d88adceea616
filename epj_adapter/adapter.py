"""What an adapter file must give: an `Adapter` named `ADAPTER`, with worked examples that the contract tests play."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from hub.model.errors import DeliveryFailed
from hub.model.note import JournalNote
from hub.model.ports import EpjAbilities, EpjAdapter, Written


class Build(Protocol):
    """Makes an adapter for one EPJ."""

    def __call__(self, url: str, *, timeout_s: float, max_in_flight: int, secret: str | None) -> EpjAdapter:
        """An adapter for the EPJ at `url`. `secret` is what the EPJ gave as access (a bearer token), if any."""
        ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that the adapter must make, and what the EPJ answers in the example.

    `path` is what follows the EPJ's address, with the query as sent. `holds` are texts that the request's body
    must contain. `answer` is the JSON that is answered.
    """

    method: str
    path: str
    status: int
    answer: str = ""
    holds: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    answer_headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: a call on the adapter, the exchanges with the EPJ in order, and what comes of it."""

    name: str
    call: Literal["write", "find", "amend"]
    note: JournalNote
    exchanges: tuple[Exchange, ...]
    gives: Written | type[DeliveryFailed] | None
    reference: str = ""
    since: int = 1


@dataclass(frozen=True, slots=True)
class Adapter:
    """One EPJ system's way in: its name in the configuration, what the EPJ can do, how to build it, examples.

    `pulls` is set where the EPJ fetches its notes itself from the hub's store; then `document` writes a note as the
    EPJ gets it, and what `build` gives holds no connection.
    """

    name: str
    title: str
    abilities: EpjAbilities
    build: Build
    examples: tuple[Example, ...] = ()
    pulls: bool = False
    document: Callable[[JournalNote, str | None], bytes] | None = None
