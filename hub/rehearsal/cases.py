"""Test cases as data: what is sent, and what must come of it. Filled in anew for each run."""

from __future__ import annotations

import re
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from string import Template
from typing import Literal

import orjson
from pydantic import Field

from hub.model.clock import OSLO
from hub.model.codes import ServiceCode
from hub.model.language import Frozen, Text
from hub.model.person import NumberKind, PatientRef, number_kind

_FOLDER = Path(__file__).parent / "content"
_MINUTES = 10
_ELEVEN_DIGITS = re.compile(r"(?<!\d)\d{11}(?!\d)")


class BadCase(ValueError):
    """A case of a user's own can't be used. The text is Norwegian and holds nothing of its content."""


class MessageTemplate(Frozen):
    """A message with placeholders, and the device that sends it."""

    device: str = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")
    text: str = Field(min_length=2, max_length=100_000)


class AcceptanceCase(Frozen):
    """Messages, and the lines that must stand in the note that they become. `own` is one that a user added."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")
    service: ServiceCode
    title: Text
    about: Text
    message: tuple[MessageTemplate, ...] = Field(min_length=1, max_length=10)
    expected: tuple[str, ...] = Field(min_length=1, max_length=100)
    own: bool = False


class SitMessage(Frozen):
    """A message of the integration test: a template, its time of saying in minutes after the event, and the answer."""

    template: str
    said: int = Field(ge=0, lt=_MINUTES)
    words: str
    answer: Literal["accepted", "duplicate", "amended", "rejected"]


class SitCase(Frozen):
    """Messages in order, how the EPJ is disturbed meanwhile, and what must have come of it."""

    id: str
    title: Text
    messages: tuple[SitMessage, ...]
    notes: int = Field(ge=0)
    lines: tuple[str, ...] = ()
    not_lines: tuple[str, ...] = ()
    disturb: Literal["down", "drops"] | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """What is put into the placeholders of one case in one run."""

    patient: PatientRef
    occurred_at: datetime
    run: str
    sender: str

    def name(self, label: str) -> str:
        """A URN of this run and nothing else's."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"rehearsal/{self.run}/{label}").urn

    def message(self, template: str, **more: str) -> bytes:
        """`template` as bytes. Raises KeyError when it has a placeholder that is not known."""
        ids = {f"id{n}": self.name(f"id{n}").removeprefix("urn:uuid:") for n in (1, 2, 3)}
        times = {f"t{n}": self.at(n).isoformat() for n in range(_MINUTES)}
        filled = {"name": self.name("message"), "person": self.patient.value, **ids, **times, **more}
        return Template(template.strip()).substitute(filled).encode()

    def at(self, minutes: int) -> datetime:
        """The time `minutes` after the event, in Norwegian local time and whole seconds."""
        moment = self.occurred_at + timedelta(minutes=minutes)
        return moment.astimezone(OSLO).replace(microsecond=0)

    def line(self, expected: str) -> str:
        """An expected line with its times as a nurse reads them."""
        times = {f"t{n}": f"{self.at(n):%d.%m.%Y kl. %H:%M:%S}" for n in range(_MINUTES)}
        return Template(expected).safe_substitute(times, sender=self.sender)


@cache
def acceptance_cases() -> tuple[AcceptanceCase, ...]:
    """The cases that every municipality begins with."""
    table = tomllib.loads((_FOLDER / "acceptance.toml").read_text(encoding="utf-8"))
    return tuple(AcceptanceCase.model_validate(case) for case in table["case"])


@cache
def sit_cases() -> tuple[tuple[SitCase, ...], Mapping[str, str]]:
    """The integration test's cases, and the templates of their messages."""
    table = tomllib.loads((_FOLDER / "sit.toml").read_text(encoding="utf-8"))
    return tuple(SitCase.model_validate(case) for case in table["case"]), table["templates"]


def checked_case(case: AcceptanceCase) -> AcceptanceCase:
    """A user's own case, marked as such. Raises BadCase: not JSON, an unknown placeholder, or a real person in it."""
    trial = Fill(PatientRef("", "0" * 11), datetime(2026, 1, 1, 12, tzinfo=OSLO), "trial", "sender")
    for message in case.message:
        try:
            filled = trial.message(message.text)
            orjson.loads(filled)
        except KeyError as error:
            raise BadCase("Meldingen har et felt etter $ som ikke finnes.") from error
        except ValueError as error:
            raise BadCase("Meldingen er ikke gyldig JSON når feltene er fylt ut.") from error
        if any(number_kind(found) is NumberKind.REAL for found in _ELEVEN_DIGITS.findall(message.text)):
            raise BadCase("Meldingen har et fødselsnummer som kan være en virkelig persons. Bruk $person.")
        if "$name" not in message.text or "$person" not in message.text:
            raise BadCase("Meldingen må ha $name som identifikator og $person som pasient.")
    return case.model_copy(update={"own": True})
