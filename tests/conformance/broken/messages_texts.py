"""Faults in texts, and in what is large or many."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from connectors import Event
from connectors.connector import Told
from connectors.transport import Outgoing
from hub.model.errors import Refused
from tests.conformance.broken import Broken
from tests.conformance.broken.around import Around, Receipt, Rewired, taken
from tests.conformance.broken.retelling import Altering, Json, Retelling, every, reworded
from tests.conformance.broken.sound import SoundConnector


class _Rewording(Retelling):
    """Texts are what `text` makes of them."""

    def text(self, text: str) -> str:
        return text

    def retold(self, event: Any) -> Event | None:
        told: Event = reworded(event, self.text)
        return told


class AsciiOnly(_Rewording):
    """Texts are ASCII."""

    def text(self, text: str) -> str:
        return text.encode("ascii", "replace").decode()


class Latin1Only(_Rewording):
    """Texts are what Western Europe wrote in 1987."""

    def text(self, text: str) -> str:
        return text.encode("latin-1", "replace").decode("latin-1")


class TwoBytesOnly(_Rewording):
    """No character beyond two bytes."""

    def text(self, text: str) -> str:
        return "".join(letter if ord(letter) < 0x10000 else "?" for letter in text)


class Composes(_Rewording):
    """Combining characters are put together."""

    def text(self, text: str) -> str:
        return unicodedata.normalize("NFC", text)


class JoinsLines(_Rewording):
    """Line breaks are spaces."""

    def text(self, text: str) -> str:
        return " ".join(text.split())


class CutsTexts(_Rewording):
    """Texts have 4,000 characters."""

    def text(self, text: str) -> str:
        return text[:4000]


class CutsLargeTexts(_Rewording):
    """Texts have 500,000 characters."""

    def text(self, text: str) -> str:
        return text[:500_000]


class FirstWordOnly(_Rewording):
    """A text that begins with a space is cut at its first word."""

    def text(self, text: str) -> str:
        return text.split()[0] if text[:1].isspace() and text.split() else text


class NoEscapes(Rewired):
    """Text is put into XHTML as it is."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            return every(message, "div", html.unescape)


class EscapesTwice(Rewired):
    """Text is escaped twice on its way into XHTML."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            return every(message, "div", lambda div: div.replace("&", "&amp;"))


class ControlCharacters(Rewired):
    """Control characters go through."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            return every(message, "div", lambda div: div.replace("\ufffd", "\x1f"))


class EmptyNotes(Rewired):
    """A note of nothing is an empty note."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            return every(message, "div", lambda div: div.replace("Lukket uten notat.", ""))


class ByteOrderMark(Rewired):
    """Messages begin with a byte order mark."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            return await super().send(replace(message, payload=b"\xef\xbb\xbf" + message.payload))


class NeedsNumbers(Retelling):
    """What has no number is nothing."""

    def retold(self, event: Any) -> Event | None:
        return event if getattr(event, "number", "") is not None else None


class HidesRefusals(Rewired):
    """A refusal is nobody's business."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except Refused:
                return taken(message)


class KeepsFifty(SoundConnector):
    """There is room for fifty events at a time."""

    async def tell_all(self, events: Sequence[Event]) -> list[Told]:
        return await super().tell_all(events[:50])


BROKEN = (
    Broken(AsciiOnly, "ASCII only", ("messages.text.norwegian.mqtt",)),
    Broken(Latin1Only, "Latin-1 only", ("messages.text.sami",)),
    Broken(TwoBytesOnly, "the basic plane only", ("messages.text.emoji",)),
    Broken(Composes, "puts characters together", ("messages.text.combining",)),
    Broken(NoEscapes, "no escapes in XHTML", ("messages.text.markup.mqtt",)),
    Broken(EscapesTwice, "escapes twice", ("messages.text.markup.vkp",)),
    Broken(JoinsLines, "joins lines", ("messages.text.line-breaks",)),
    Broken(CutsTexts, "cuts texts off", ("messages.text.long.mqtt",)),
    Broken(FirstWordOnly, "stumbles over spaces", ("messages.text.spaces",)),
    Broken(ControlCharacters, "lets control characters through", ("messages.text.control-characters.mqtt",)),
    Broken(EmptyNotes, "empty notes", ("messages.text.blank-note.jft",)),
    Broken(ByteOrderMark, "a byte order mark", ("messages.text.utf-8.mqtt",)),
    Broken(NeedsNumbers, "drops what has no number", ("messages.size.smallest.mqtt",)),
    Broken(CutsLargeTexts, "cuts large texts off", ("messages.size.large-note.mqtt",)),
    Broken(HidesRefusals, "hides refusals", ("messages.size.too-large.vkp",)),
    Broken(KeepsFifty, "room for fifty events", ("messages.size.many-at-once.mqtt",)),
)
