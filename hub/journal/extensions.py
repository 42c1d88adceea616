"""VKP's extensions, read by the name in their address: severity level, device, annotation, link."""

from __future__ import annotations

from collections.abc import Iterator

from hub.fhir import codes
from hub.journal.coded import concept
from hub.journal.elements import Element, choice, element, objects, text
from hub.journal.people import identifier_text
from hub.journal.prose import lines
from hub.journal.values import shown


def severity(resource: Element) -> str:
    """VKP's level of severity by name; empty when the sender gave none."""
    levels = (concept(choice(e, "value")[1], system=codes.SEVERITY_LEVEL) for e in _named(resource, "severity-level"))
    return "; ".join(level for level in levels if level)


def devices(resource: Element) -> list[str]:
    """The devices that the resource's extensions tell of, in words."""
    found = [_device(e) for e in _named(resource, "device")]
    return [said for said in found if said]


def comments(resource: Element) -> list[str]:
    """Annotations by extension, each with its author where there is one."""
    notes = (element(choice(e, "value")[1]) for e in _named(resource, "annotation"))
    return [said for n in notes if (said := comment(n))]


def comment(annotation: Element) -> str:
    """An Annotation on one line: text, and who wrote it when that is said."""
    words = " ".join(lines(annotation.get("text")))
    author = shown(annotation, "author")
    return f"{words} ({author})" if words and author else words


def links(resource: Element) -> list[str]:
    """Addresses at which the sender shows the event to a user."""
    return [said for e in _named(resource, "displayurl") if (said := shown(e))]


def _named(resource: Element, word: str) -> Iterator[Element]:
    for extension in objects(resource.get("extension")):
        if word in text(extension.get("url")).rpartition("/")[2].casefold():
            yield extension


def _device(extension: Element) -> str:
    inner = {text(e.get("url")): choice(e, "value") for e in objects(extension.get("extension"))}
    if not inner:
        return _reference(extension)
    told = {
        key: identifier_text(value) if kind == "Identifier" else concept(value) or text(value)
        for key, (kind, value) in inner.items()
    }
    name, kind = told.get("displayName", ""), told.get("typeName") or told.get("type", "")
    number, place = told.get("identifier", ""), told.get("location", "")
    called = ", ".join(w for w in (name, kind) if w)
    words = f"{called} ({number})" if called and number else called or number
    return f"{words}, plassert: {place}" if words and place else words or place


def _reference(extension: Element) -> str:
    value = element(choice(extension, "value")[1])
    return text(value.get("display")) or identifier_text(value.get("identifier")) or shown(extension)
