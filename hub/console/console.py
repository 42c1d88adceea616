"""What the console works on: the hub's parts and what it may show of itself."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hub.dispatch.dispatcher import Dispatcher
from hub.ingest.accepting import Ingest
from hub.model.ports import Clock, Publisher
from hub.routing import RoutingTable
from hub.settings import Settings
from hub.store.engine import Engines


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in, with which roles (`monitoring`, `administration`, `user_administration`)."""

    subject: str
    name: str
    roles: frozenset[str]


class SignInFailed(Exception):
    """Nobody was signed in; the text says why, without secrets."""


class SignIn(Protocol):
    """The token service as the console sees it: authorization code with PKCE."""

    def address(self, *, state: str, nonce: str, challenge: str, host: str) -> str:
        """Where to send the browser, which calls us `host` (with port)."""
        ...

    async def redeem(self, *, code: str, nonce: str, verifier: str, host: str) -> Person:
        """Who signed in. Raises SignInFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Console:
    """All that the pages need.

    `is_open` lets anybody on this machine read (test mode on the loopback address); acting takes a role everywhere.
    `sign_in` is None where the token service signs in nobody: then `operations_token` is the way in. `epj_roots` gives
    the addresses of the simulated EPJs' pages and admin interfaces, by municipality.
    """

    engines: Engines
    ingest: Ingest
    dispatcher: Dispatcher
    clock: Clock
    publisher: Publisher
    settings: Settings
    routing: RoutingTable
    epj_roots: Callable[[], Mapping[str, str]]
    http_url: str
    mqtt_url: str
    data_directory: Path
    is_open: bool
    sign_in: SignIn | None
    operations_token: str | None
    key: bytes

    @property
    def is_test(self) -> bool:
        """Whether the hub is in test mode."""
        return self.settings.mode == "test"

    @property
    def data_option(self) -> str:
        """What a command shown on a page ends with, so that it speaks to this hub: ` --data-dir` and the folder.

        The folder is told from where the hub was started where it lies below, as one started it; quoted for a shell.
        """
        told, here = self.data_directory.absolute(), Path.cwd()
        return f" --data-dir {shlex.quote(str(told.relative_to(here) if told.is_relative_to(here) else told))}"

    def municipality_name(self, number: str | None) -> str:
        """A municipality's name, or its number when it isn't configured."""
        found = self.settings.municipality_of(number or "")
        return found.name if found else (number or "")
