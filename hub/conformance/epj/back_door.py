"""What the kit can do to an EPJ beside its API: by the back door of a simulated one, or by asking a person."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any, Literal, Protocol

import aiohttp
from yarl import URL

from hub.conformance.driving.person import Person, ask_to_do
from hub.conformance.verdicts import Skipped, both
from hub.model.note import JournalNote
from hub.model.person import PatientRef

State = Literal["read", "signed"]
_SAID = {"read": both("lest", "read"), "signed": both("signert", "signed")}
_NO_BUSY = both("det kan ikke bestilles herfra at systemet er opptatt", "the system can't be told to be busy from here")


class Beside(Protocol):
    """What must happen in the EPJ while it is tested."""

    @property
    def knows_everybody(self) -> bool:
        """Whether the EPJ takes whatever patient it is not told otherwise of."""
        ...

    async def mark(self, note: JournalNote, state: State) -> None:
        """Have `note` read or signed in the EPJ."""
        ...

    def without(self, patient: PatientRef) -> contextlib.AbstractAsyncContextManager[None]:
        """Have the EPJ not know `patient` while the block lasts."""
        ...

    async def be_busy(self) -> None:
        """Have the EPJ turn the next request away because it is busy."""
        ...


class BackDoor:
    """A simulated EPJ's admin calls at `admin`."""

    knows_everybody = True

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

    async def _call(self, method: str, name: str, content: Any = None) -> Any:
        async with self._http.request(method, self._admin / name, json=content) as answer:
            answer.raise_for_status()
            return await answer.json()


class ByHand:
    """An EPJ in somebody's hands. Without a `person` what needs one waits."""

    knows_everybody = False

    def __init__(self, person: Person | None) -> None:
        self._person = person

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


async def beside(target: str, http: aiohttp.ClientSession, person: Person | None) -> Beside:
    """What there is beside the EPJ at `target`: a back door, if it is one of ours."""
    admin = URL(target).origin() / "admin"
    with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
        async with http.get(admin / "counts") as answer:
            content = await answer.json() if answer.status == 200 and "json" in answer.content_type else None
            if isinstance(content, dict) and "registered_twice" in content:
                return BackDoor(admin, http)
    return ByHand(person)
