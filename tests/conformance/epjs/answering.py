"""Faults in how an EPJ answers: to faults, to load, and with what it must not say."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import orjson

from tests.conformance.epjs import Answered, Asked, Faulty, SoundEpj

_INVALID = frozenset({400, 422})


class BreaksDownOnFaults(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        return Answered(500) if answer.status in _INVALID else answer


class GivesNoReason(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        return Answered(answer.status) if answer.status in _INVALID else answer


class TakesKeysForNotes(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        has_key = answer.status == 422 and b'"entry"' in asked.body
        return Answered(201, b"", {"Location": f"{self.base}/Bundle/1"}) if has_key else answer


class ReadsByContentType(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        is_text = asked.headers.get("Content-Type") == "text/plain"
        return Answered(500) if is_text else await self.pass_on(asked)


class RunsOutOfMemory(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        return Answered(500) if len(asked.body) > 10_000_000 else await self.pass_on(asked)


class StaysBroken(SoundEpj):
    is_broken = False

    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        if self.is_broken and asked.is_create:
            answer = Answered(500)
        self.is_broken = self.is_broken or answer.status in _INVALID
        return answer


class AddressesByPatient(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        if not asked.is_create or not answer.ok:
            return answer
        number = asked.json["entry"][0]["resource"]["subject"]["identifier"]["value"]
        headers = {**answer.headers, "Location": f"{answer.headers['Location']}?patient={number}"}
        return replace(answer, headers=headers)


class LinksByPatient(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        if not asked.is_search:
            return answer
        content: Any = answer.json
        for entry in content.get("entry", []):
            number = entry["resource"]["entry"][0]["resource"]["subject"]["identifier"]["value"]
            entry["fullUrl"] = f"http://epj.example/pasient/{number}/Bundle/{entry['resource']['id']}"
        return replace(answer, body=orjson.dumps(content))


class RepeatsWhatItRefuses(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        return replace(answer, body=answer.body + asked.body) if answer.status in _INVALID else answer


class HasEightPlaces(SoundEpj):
    busy = 0

    async def answer(self, asked: Asked) -> Answered:
        self.busy += 1
        try:
            await asyncio.sleep(0.02)
            return await self.pass_on(asked) if self.busy <= 8 else Answered(500)
        finally:
            self.busy -= 1


class IsSlow(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        if asked.is_create:
            await asyncio.sleep(2.2)
        return await self.pass_on(asked)


class DoesNotSayWhen(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        return Answered(503) if answer.status == 503 else answer


FAULTY = (
    Faulty(BreaksDownOnFaults, "answers 500 to broken JSON", ("epj.faults.broken",)),
    Faulty(GivesNoReason, "refuses without a reason", ("epj.faults.explained",)),
    Faulty(TakesKeysForNotes, "answers 201 to a note without text", ("epj.faults.incomplete",)),
    Faulty(ReadsByContentType, "answers 500 to another content type", ("epj.faults.content-type",)),
    Faulty(RunsOutOfMemory, "answers 500 to what is too large", ("epj.faults.too-large",)),
    Faulty(StaysBroken, "takes nothing after a fault", ("epj.faults.after",)),
    Faulty(AddressesByPatient, "has the identity number in Location", ("epj.privacy.addresses",)),
    Faulty(LinksByPatient, "has the identity number in links", ("epj.privacy.links",)),
    Faulty(RepeatsWhatItRefuses, "repeats the request in error texts", ("epj.privacy.errors",)),
    Faulty(HasEightPlaces, "answers 500 beyond eight at once", ("epj.behaviour.in-flight",)),
    Faulty(IsSlow, "takes more than two seconds", ("epj.behaviour.in-time",)),
    Faulty(DoesNotSayWhen, "answers 503 without Retry-After", ("epj.behaviour.retry-after",)),
)
