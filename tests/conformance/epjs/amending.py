"""Faults in amending notes, and in whom they are about."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import orjson

from hub.model.person import IDENTITY_NUMBER
from tests.conformance.epjs import Answered, Asked, Faulty, SoundEpj


class LosesAmendments(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        return Answered(200) if asked.is_replace else await self.pass_on(asked)


class AppendsEachTime(SoundEpj):
    """Puts what it is sent after what it has."""

    async def answer(self, asked: Asked) -> Answered:
        if not asked.is_replace:
            return await self.pass_on(asked)
        there = (await self.pass_on(Asked("GET", asked.path, b""))).json["note"]
        note = asked.json
        return await self.pass_on(asked.with_json({**note, "text": f"{there['text']}\n\n{note['text']}"}))


class OverwritesWhatWasRead(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        if asked.is_replace:
            await self.admin("POST", f"notes/{asked.path.rpartition('/')[2]}/state", {"state": "unread"})
        return await self.pass_on(asked)


class DoesNotTellRevisions(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        if asked.method != "GET" or "/notes/" not in asked.path:
            return answer
        content = {name: value for name, value in answer.json.items() if name != "externalRevision"}
        return replace(answer, body=orjson.dumps(content))


class MakesNotesOfAmendments(SoundEpj):
    """Creates what it is asked to replace and hasn't got, as some FHIR servers do."""

    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        if asked.is_replace and answer.status == 404:
            return await self.pass_on(replace(asked, method="POST", path=f"{self.base}/Bundle"))
        return answer


class OverwritesAnything(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        return Answered(200) if asked.is_replace and answer.status == 422 else answer


class TakesAnybody(SoundEpj):
    """Does not look whether it knows the patient."""

    async def answer(self, asked: Asked) -> Answered:
        if asked.method == "PUT" and asked.path == "/admin/patients":
            return Answered(200, b"{}", {"Content-Type": "application/json"})
        return await self.pass_on(asked)


class RefusesWithoutReason(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        return replace(answer, body=b"{}") if answer.status in (404, 422) else answer


class MakesPatientsOfRefusals(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        if b"patient-not-found" in answer.body:
            await self.admin("PUT", "patients", {"unknown": []})
        return answer


class LooksAtDigitsOnly(SoundEpj):
    async def answer(self, asked: Asked) -> Answered:
        if not asked.path.endswith("/lookup"):
            return await self.pass_on(asked)
        value = asked.json["identifier"]["value"]
        return await self.pass_on(asked.with_json({"identifier": {"system": IDENTITY_NUMBER, "value": value}}))


class TakesHalves(SoundEpj):
    """Registers what has come of a request that broke off."""

    async def half(self, asked: Asked) -> None:
        if asked.is_create:
            key = asked.body.partition(b'"value":"')[2].partition(b'"')[0].decode()
            note: dict[str, Any] = {"externalReference": {"value": key}, "text": asked.body.decode("utf-8", "ignore")}
            await self.pass_on(asked.with_json(note))


class RepeatsItself(SoundEpj):
    """Registers once more when nobody has taken its answer."""

    async def answer(self, asked: Asked) -> Answered:
        answer = await self.pass_on(asked)
        if asked.is_create:
            await asyncio.sleep(0.2)
            if asked.is_left():
                await self.pass_on(asked)
        return answer


FAULTY = (
    Faulty(LosesAmendments, "answers 200 to an amendment and keeps the old", ("epj.amending.replaced",)),
    Faulty(AppendsEachTime, "puts an amendment after what is there", ("epj.amending.again",), "journal_rest"),
    Faulty(
        OverwritesWhatWasRead,
        "replaces notes that were read or signed",
        ("epj.amending.read", "epj.amending.signed"),
    ),
    Faulty(DoesNotTellRevisions, "doesn't tell revisions", ("epj.amending.addendum-again",), "journal_rest"),
    Faulty(MakesNotesOfAmendments, "creates what it should replace", ("epj.amending.unknown",)),
    Faulty(OverwritesAnything, "writes one note over another", ("epj.amending.other-key",)),
    Faulty(TakesAnybody, "takes notes of patients whom it doesn't know", ("epj.patients.unknown",)),
    Faulty(RefusesWithoutReason, "doesn't say that the patient is unknown", ("epj.patients.unknown",)),
    Faulty(MakesPatientsOfRefusals, "makes a patient of a refused note", ("epj.patients.not-created",)),
    Faulty(LooksAtDigitsOnly, "doesn't tell kinds of numbers apart", ("epj.patients.kind",), "journal_rest"),
    Faulty(TakesHalves, "registers half a request", ("epj.behaviour.cut-in-body",), "journal_rest"),
    Faulty(
        RepeatsItself,
        "registers again when its answer was not taken",
        ("epj.behaviour.cut-before-answer",),
        "journal_rest",
    ),
)
