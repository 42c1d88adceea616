"""Faults in how a product's own messages are read."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from connectors import Event, SafetyAlarmRaised, patient
from connectors.vendor import Example, NotUnderstood
from hub.model.person import check_digits
from tests.conformance.broken import Broken
from tests.conformance.broken.sound import PERSON, SoundConnector, message

#: Born in 1900: valid, and not one of the numbers that are set aside for tests.
_NOT_SYNTHETIC = "010100123" + (check_digits("010100123") or "")


class TellsTwice(SoundConnector):
    """Each message becomes two events."""

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        events = super().translate(payload)
        return [*events, *(replace(e, number=f"{e.number}b") for e in events if isinstance(e, SafetyAlarmRaised))]


class NumbersAsTheyCome(SoundConnector):
    """Events are numbered as their messages come in."""

    _numbers: ClassVar[Iterator[int]] = itertools.count(1)

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        events = super().translate(payload)
        return [replace(e, number=f"{next(cls._numbers)}") if isinstance(e, SafetyAlarmRaised) else e for e in events]


class CountsInstallations(SoundConnector):
    """What is made of a message depends on how many were read before, but for its number."""

    _read: ClassVar[Iterator[int]] = itertools.count(1)

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        events = super().translate(payload)
        return [replace(e, text=f"nr. {next(cls._read)}") if isinstance(e, SafetyAlarmRaised) else e for e in events]


class SwallowsNonsense(SoundConnector):
    """What isn't understood is passed over in silence."""

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        try:
            return super().translate(payload)
        except NotUnderstood:
            return []


class ChokesOnNonsense(SoundConnector):
    """After one message that isn't understood none is."""

    _has_choked: ClassVar[bool] = False

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        if cls._has_choked:
            raise NotUnderstood("out of order")
        try:
            return super().translate(payload)
        except NotUnderstood:
            cls._has_choked = True
            raise


class RealExamples(SoundConnector):
    """An example is about somebody who may have lived."""

    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            "an alarm",
            message("ALARM", "17").replace(PERSON.encode(), _NOT_SYNTHETIC.encode()),
            tuple(
                replace(event, patient=patient(_NOT_SYNTHETIC))
                for event in SoundConnector.examples[0].events
                if isinstance(event, SafetyAlarmRaised)
            ),
        ),
    )


class TellsOfSettings(SoundConnector):
    """A setting that was changed is an alarm."""

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        return super().translate(payload.replace(b"CONFIGURED", b"ALARM"))


BROKEN = (
    Broken(TellsTwice, "two events of each message", ("product.own.examples.mqtt",)),
    Broken(NumbersAsTheyCome, "numbers as they come", ("product.own.taken-twice",)),
    Broken(CountsInstallations, "other FHIR each time", ("product.own.same-bytes.mqtt",)),
    Broken(SwallowsNonsense, "swallows nonsense", ("product.own.nonsense",)),
    Broken(ChokesOnNonsense, "chokes on nonsense", ("product.own.lives-on",)),
    Broken(RealExamples, "real people in examples", ("product.own.synthetic",)),
    Broken(TellsOfSettings, "tells of settings", ("product.own.nothing-to-tell",)),
)
