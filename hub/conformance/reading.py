"""Reads what a system has sent, whatever shape it chose: a resource alone or in a Bundle, one object or a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from html import unescape
from typing import Any
from xml.etree import ElementTree

from hub.conformance.national.heard import Heard, Message, read
from hub.conformance.national.lane import Lane
from hub.ingest.identify import identify
from hub.ingest.parts import Resource, objects
from hub.model.event import Event
from hub.model.times import parse_time

EVENT_TYPES = ("DetectedIssue", "MedicationDispense", "Encounter", "Observation", "QuestionnaireResponse")
#: The elements that hold times in the messages of VKP.
TIMES = frozenset(
    {
        *("timestamp", "date", "lastUpdated", "issued", "authored", "sent", "start", "end", "effectiveDateTime"),
        *("effectiveInstant", "identifiedDateTime", "whenHandedOver", "whenPrepared"),
    }
)
#: Names that HTML has and XML has not.
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;)[A-Za-z]\w*;")
Pair = tuple[str, str]


def registered(lane: Lane) -> list[Resource]:
    """What was registered, as something new or a newer version, in order."""
    return [read(taken.inbound.payload) for taken in lane.heard.registered()]


def events(lane: Lane) -> list[Event]:
    """The same, as the hub itself read it."""
    return [identify(read(taken.inbound.payload), taken.inbound) for taken in lane.heard.registered()]


def arrived(heard: Heard, *, way: str | None = None) -> list[Message]:
    """What came in (by `way`), each message once, in the order in which it came first."""
    found: dict[bytes, Message] = {}
    for message in heard.messages:
        if way in (None, message.way):
            found.setdefault(message.payload, message)
    return list(found.values())


def resources(message: Resource) -> list[Resource]:
    """The message itself, or what the Bundle holds."""
    if message.get("resourceType") != "Bundle":
        return [message]
    return [inner for entry in objects(message.get("entry")) if isinstance(inner := entry.get("resource"), dict)]


def of_type(message: Resource, *types: str) -> list[Resource]:
    """The resources of these types."""
    return [resource for resource in resources(message) if resource.get("resourceType") in types]


def identifiers(resource: Resource) -> set[Pair]:
    """System and value of each identifier; what is missing is an empty text."""
    return {(str(i.get("system") or ""), str(i.get("value") or "")) for i in objects(resource.get("identifier"))}


def event_identifiers(message: Resource) -> set[Pair]:
    """The identifiers of what happened, and not of the message about it."""
    return {pair for resource in of_type(message, *EVENT_TYPES) for pair in identifiers(resource)}


def walk(value: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every value with its path and the name of its element."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield f"{path}.{name}".lstrip("."), name, inner
            yield from walk(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield f"{path}[{place}]", "", inner
            yield from walk(inner, f"{path}[{place}]")


def times(message: Resource) -> list[Pair]:
    """Path and text of every time."""
    return [(path, value) for path, name, value in walk(message) if name in TIMES and isinstance(value, str)]


def happened(message: Resource, *types: str) -> datetime | None:
    """When the first of `types` says that it happened."""
    names = ("identifiedDateTime", "whenHandedOver", "effectiveDateTime")
    for resource in of_type(message, *types):
        for value in (
            *(resource.get(name) for name in names),
            *(p.get("start") for p in objects(resource.get("period"))),
        ):
            if moment := parse_time(value):
                return moment
    return None


def codings(message: Resource, system: str) -> list[Resource]:
    """Every coding of `system`."""
    return [value for _, _, value in walk(message) if isinstance(value, dict) and value.get("system") == system]


def codes(message: Resource, system: str) -> set[str]:
    """Every code of `system`."""
    return {str(coding.get("code")) for coding in codings(message, system)}


def divs(message: Resource) -> list[str]:
    """The XHTML of every section of the notes, as it came."""
    found = []
    for note in of_type(message, "Composition"):
        for section in objects(note.get("section")):
            text = section.get("text")
            if isinstance(text, dict) and isinstance(text.get("div"), str):
                found.append(text["div"])
    return found


def note_of(message: Resource) -> str:
    """What a person reads in the notes: their text, line breaks where the XHTML has them.

    XHTML that is not well-formed is given as it is, since nobody can say what a reader makes of it.
    """
    return "\n".join(plain(div) or div for div in divs(message))


def plain(div: str) -> str | None:
    """The text of `div`, None when it is not well-formed."""
    if "<!" in div:
        return None
    try:
        element = ElementTree.fromstring(_ENTITY.sub(lambda found: unescape(found[0]), div))  # noqa: S314 — no DTD
    except ElementTree.ParseError:
        return None
    return _plain(element)


def statuses(message: Resource, *types: str) -> set[str]:
    """The status of each resource of `types`."""
    return {str(resource.get("status")) for resource in of_type(message, *types)}


def first(found: list[Resource], suits: Callable[[Resource], object]) -> Resource:
    """The first that suits, or an empty one."""
    return next((message for message in found if suits(message)), {})


def _plain(element: ElementTree.Element) -> str:
    text = element.text or ""
    for child in element:
        is_line = child.tag.rpartition("}")[2] in ("br", "p", "div", "li")
        is_break = child.tag.endswith("br")
        text += ("\n" if is_break or (is_line and text) else "") + _plain(child) + (child.tail or "")
    return text
