"""Faults in registering and finding notes."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

import orjson

from tests.conformance.epjs import Answered, Asked, Faulty, SoundEpj


class AnswersWithoutStoring(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        if asked.is_create:
            return Answered(201, b"", {"Location": "http://epj.example/fhir/Bundle/4711/_history/1"})
        return await self.pass_on(asked)


class IgnoresTheCondition(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        return await self.pass_on(asked.without("if-none-exist"))


class RacesCreates(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        condition = asked.headers.get("If-None-Exist") if asked.is_create else None
        if condition is None:
            return await self.pass_on(asked)
        value = condition.partition("=")[2]
        there = (await self.pass_on(Asked("GET", f"{self.base}/Bundle?identifier={value}", b""))).json
        await asyncio.sleep(0.05)
        return await self.pass_on(asked if there.get("entry") else asked.without("if-none-exist"))


class DoesNotSayWhere(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        return Answered(answer.status) if asked.is_create else answer


class Spoils(SoundEpj, ABC):
    """Changes each note before it is registered."""

    @abstractmethod
    def spoiled(self, note: Any) -> Any: ...

    async def answer(self, asked: Asked) -> Answered:
        try:
            spoiled = asked.with_json(self.spoiled(asked.json)) if asked.is_create else asked
        except (ValueError, LookupError, TypeError):
            spoiled = asked
        return await self.pass_on(spoiled)


class DropsIdentifiers(Spoils):
    def spoiled(self, note: Any) -> Any:
        for entry in note["entry"][1:]:
            entry["resource"].pop("identifier", None)
        return note


class DropsLetters(Spoils):
    def spoiled(self, note: Any) -> Any:
        return orjson.loads(orjson.dumps(note).decode().encode("latin-1", "ignore").decode("latin-1"))


class TitlesAnew(Spoils):
    def spoiled(self, note: Any) -> Any:
        return {**note, "title": "Notat fra knutepunktet"}


class TurnsSectionsRound(Spoils):
    def spoiled(self, note: Any) -> Any:
        note["entry"][0]["resource"]["section"].reverse()
        return note


class CutsTextOff(Spoils):
    def spoiled(self, note: Any) -> Any:
        return {**note, "text": note["text"][:32_000]}


class DropsWhatItDoesNotKnow(Spoils):
    def spoiled(self, note: Any) -> Any:
        for source in note["sources"]:
            source["content"].pop("feltFraFremtiden", None)
        return note


class SearchesForNothing(SoundEpj):
    """Passes a search parameter by that it doesn't know, as FHIR servers may, and gives all notes."""

    async def answer(self, asked: Asked) -> Answered:
        return await self.pass_on(replace(asked, path=asked.path.partition("?")[0]) if asked.is_search else asked)


class ChangesKeys(SoundEpj, ABC):
    """Keeps another key than it was given, and searches for that."""

    @abstractmethod
    def changed(self, key: str) -> str: ...

    async def answer(self, asked: Asked) -> Answered:
        if asked.is_search:
            before, _, value = asked.path.partition("externalReference=")
            path = f"{before}externalReference={quote(self.changed(unquote(value.replace('+', ' '))), safe='')}"
            return await self.pass_on(replace(asked, path=path))
        if not asked.is_create:
            return await self.pass_on(asked)
        note = asked.json
        note["externalReference"]["value"] = self.changed(note["externalReference"]["value"])
        return await self.pass_on(asked.with_json(note))


class CutsKeysOff(ChangesKeys):
    def changed(self, key: str) -> str:
        return key[:64]


class CutsKeysAtTheBar(ChangesKeys):
    def changed(self, key: str) -> str:
        return key.partition("|")[0]


class ForgetsCase(ChangesKeys):
    def changed(self, key: str) -> str:
        return key.lower()


class GuessesDoubles(SoundEpj):
    """Takes two notes with one patient and time for the same."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._seen: dict[str, Answered] = {}

    async def answer(self, asked: Asked) -> Answered:
        if not asked.is_create:
            return await self.pass_on(asked)
        first = asked.json["entry"][0]["resource"]
        about = f"{first['subject']}{first['event']}"
        if about not in self._seen:
            self._seen[about] = await self.pass_on(asked)
        return self._seen[about]


FAULTY = (
    Faulty(AnswersWithoutStoring, "answers 201 and stores nothing", ("epj.creating.found",)),
    Faulty(IgnoresTheCondition, "ignores If-None-Exist", ("epj.creating.again",)),
    Faulty(RacesCreates, "looks before it writes, so that creates race", ("epj.creating.at-once",)),
    Faulty(DoesNotSayWhere, "answers 201 without Location", ("epj.creating.says-where",)),
    Faulty(DropsIdentifiers, "drops the senders' identifiers", ("epj.creating.whole",)),
    Faulty(DropsLetters, "drops letters outside Latin-1", ("epj.creating.letters",)),
    Faulty(TitlesAnew, "gives notes a title of its own", ("epj.creating.head",), "journal_rest"),
    Faulty(TurnsSectionsRound, "shows sections in another order", ("epj.creating.order",)),
    Faulty(CutsTextOff, "cuts long texts off", ("epj.creating.large",), "journal_rest"),
    Faulty(DropsWhatItDoesNotKnow, "drops unknown elements", ("epj.faults.unknown-element",), "journal_rest"),
    Faulty(SearchesForNothing, "passes the search for a key by", ("epj.finding.unknown",)),
    Faulty(CutsKeysAtTheBar, "cuts keys at a vertical bar", ("epj.finding.signs",), "journal_rest"),
    Faulty(CutsKeysOff, "cuts keys off after 64 signs", ("epj.finding.long",), "journal_rest"),
    Faulty(ForgetsCase, "takes upper and lower case for the same", ("epj.finding.case",), "journal_rest"),
    Faulty(GuessesDoubles, "guesses doubles by patient and time", ("epj.finding.among-others",)),
)
