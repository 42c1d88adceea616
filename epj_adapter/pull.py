"""The `pull` adapter: the EPJ fetches its notes itself, from the hub's store through the JFT door.

There is nothing to send and no connection to hold. The store offers a note as the document Bundle that
`document` writes, and the note is settled when the EPJ acknowledges it.
"""

from __future__ import annotations

from dataclasses import dataclass

from epj_adapter.adapter import Adapter
from epj_adapter.document import document_bundle
from hub.model.errors import Refused
from hub.model.note import JournalNote
from hub.model.ports import EpjAbilities, Written

ABILITIES = EpjAbilities(
    find=True,
    amend=True,
    conditional_create=True,
    remarks=("Journalsystemet henter notatene selv og kvitterer for hvert.",),
)
_TEXT = "journalsystemet henter notatene selv; det kan ikke skrives til"


@dataclass(slots=True)
class Pulled:
    """An EPJ that is not written to. Every call but `aclose` is Refused: the store is the destination."""

    abilities: EpjAbilities = ABILITIES
    pulls: bool = True

    async def write(self, note: JournalNote, key: str) -> Written:
        """Refused."""
        raise Refused(_TEXT)

    async def find(self, key: str) -> Written | None:
        """Refused."""
        raise Refused(_TEXT)

    async def amend(self, note: JournalNote, key: str, *, reference: str, since: int) -> Written:
        """Refused."""
        raise Refused(_TEXT)

    async def aclose(self) -> None:
        """Nothing is held."""


def build(url: str, *, timeout_s: float, max_in_flight: int, secret: str | None) -> Pulled:
    """The mark that this EPJ pulls; all arguments are left unused."""
    return Pulled()


def document(note: JournalNote, reference: str | None) -> bytes:
    """The note as the EPJ gets it."""
    return document_bundle(note, reference=reference)


ADAPTER = Adapter(
    name="pull",
    title="Journalsystem som henter notater selv",
    abilities=ABILITIES,
    build=build,
    pulls=True,
    document=document,
)
