"""What the kit can do to an EPJ beside its API: by the back door of a simulated one, or by asking a person."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal, Protocol

import aiohttp
from yarl import URL

from connectors.testing.driving import HelseIdAccess
from hub.conformance.driving.person import Person, ask_to_do
from hub.conformance.verdicts import Skipped, both
from hub.model.note import JournalNote
from hub.model.person import PatientRef
from hub.model.versions import CONTENT_SYSTEM, JOURNAL_NOTE

State = Literal["read", "signed"]
_SAID = {"read": both("lest", "read"), "signed": both("signert", "signed")}
_NO_BUSY = both("det kan ikke bestilles herfra at systemet er opptatt", "the system can't be told to be busy from here")


class Beside(Protocol):
    """What must happen in the EPJ while it is tested."""

    #: Whether a person does what must happen.
    is_by_hand: bool
    #: Seconds without news after which an EPJ that fetches will fetch no more.
    patience_s: float

    async def mark(self, note: JournalNote, state: State) -> None:
        """Have `note` read or signed in the EPJ."""
        ...

    def without(self, patient: PatientRef) -> contextlib.AbstractAsyncContextManager[None]:
        """Have the EPJ not know `patient` while the block lasts."""
        ...

    async def be_busy(self) -> None:
        """Have the EPJ turn the next request away because it is busy."""
        ...

    def fetching_from(self, jft: str, client: HelseIdAccess) -> contextlib.AbstractAsyncContextManager[None]:
        """Have the EPJ fetch notes from `jft` as `client` while the block lasts."""
        ...


class BackDoor:
    """A simulated EPJ's admin calls at `admin`."""

    is_by_hand = False
    patience_s = 2.0

    def __init__(self, admin: URL, http: aiohttp.ClientSession) -> None:
        self._admin = admin
        self._http = http

    async def mark(self, note: JournalNote, state: State) -> None:
        """See `Beside`."""
        await self._call("POST", "state", {"key": note.key, "state": state})

    @contextlib.asynccontextmanager
    async def without(self, patient: PatientRef) -> AsyncIterator[None]:
        """See `Beside`."""
        before = await self._call("GET", "patients")
        named = {"system": patient.system, "value": patient.value}
        await self._call("PUT", "patients", {**before, "unknown": [*before["unknown"], named]})
        try:
            yield
        finally:
            await self._call("PUT", "patients", before)

    async def be_busy(self) -> None:
        """See `Beside`."""
        await self._call("POST", "faults", {"fault": "down", "count": 1})

    @contextlib.asynccontextmanager
    async def fetching_from(self, jft: str, client: HelseIdAccess) -> AsyncIterator[None]:
        """See `Beside`: it asks for journal notes, each case one document."""
        with tempfile.TemporaryDirectory(prefix="kp-epj-") as folder:
            key = Path(folder) / "client.jwk.json"
            key.touch(mode=0o600)
            key.write_text(json.dumps(dict(client.private_jwk)), encoding="utf-8")
            sign_in = {"issuer": client.issuer, "client_id": client.client_id, "private_jwk": str(key)}
            query = {"_tag": f"{CONTENT_SYSTEM}|{JOURNAL_NOTE}"}
            await self._call("PUT", "hub", {"hub_url": jft, "query": query, "sign_in": sign_in})
            try:
                yield
            finally:
                await self._call("PUT", "hub", {})

    async def _call(self, method: str, name: str, content: Any = None) -> Any:
        async with self._http.request(method, self._admin / name, json=content) as answer:
            answer.raise_for_status()
            return await answer.json()


class ByHand:
    """An EPJ in somebody's hands. Without a `person` what needs one waits."""

    is_by_hand = True
    patience_s = 12.0

    def __init__(self, person: Person | None) -> None:
        self._person = person
        self._fetches = False

    async def mark(self, note: JournalNote, state: State) -> None:
        """See `Beside`."""
        said = _SAID[state]
        text = both(
            f"Åpne notatet med nøkkelen {note.key} i journalsystemet og merk det som {said.nb}",
            f"Open the note with the key {note.key} in the EPJ and mark it as {said.en}",
        )
        await ask_to_do(self._person, text)

    @contextlib.asynccontextmanager
    async def without(self, patient: PatientRef) -> AsyncIterator[None]:
        """See `Beside`: an EPJ with a register of patients knows none of ours but those that it was given."""
        yield

    async def be_busy(self) -> None:
        """See `Beside`."""
        raise Skipped(_NO_BUSY)

    @contextlib.asynccontextmanager
    async def fetching_from(self, jft: str, client: HelseIdAccess) -> AsyncIterator[None]:
        """See `Beside`: once, since the address is the same in every test."""
        if not self._fetches:
            who = client.client_id
            text = both(
                f"La journalsystemet hente notater fra {jft} som {who} hvert tredje sekund eller oftere",
                f"Let the EPJ fetch notes from {jft} as {who} every three seconds or more often",
            )
            await ask_to_do(self._person, text)
        self._fetches = True
        yield


async def beside(target: str, http: aiohttp.ClientSession, person: Person | None) -> Beside:
    """What there is beside the EPJ at `target`: a back door, if it is one of ours."""
    admin = URL(target).origin() / "admin"
    with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
        async with http.get(admin / "counts") as answer:
            content = await answer.json() if answer.status == 200 and "json" in answer.content_type else None
            if isinstance(content, dict) and "registered_twice" in content:
                return BackDoor(admin, http)
    return ByHand(person)
