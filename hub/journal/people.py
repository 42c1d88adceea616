"""Who and what a reference points to, in words: a person, an organisation, a device. No person's number is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.journal.coded import concept
from hub.journal.elements import Element, element, listed, objects, text
from hub.model.person import PERSON_SYSTEMS

_HPR = "urn:oid:2.16.578.1.12.4.1.4.4"


class Directory:
    """The resources of a case by every address that a reference may use."""

    def __init__(self, found: Mapping[str, Element]) -> None:
        self._found = found

    def names(self, references: object) -> str:
        """All that `references` (a Reference, or a list of them) point to, in words, comma between."""
        return ", ".join(dict.fromkeys(said for one in listed(references) if (said := self.name(one))))

    def name(self, reference: object) -> str:
        """What one Reference points to: the sender's words, else the resource's name, else the identifier."""
        one = element(reference)
        if not one:
            return text(reference)
        display = text(one.get("display"))
        if display:
            return display
        target = self.target(one)
        return (resource_name(target) if target else "") or identifier_text(one.get("identifier")) or _address(one)

    def target(self, reference: object) -> Element | None:
        """The resource that a Reference points to, when the case holds it."""
        return self._found.get(text(element(reference).get("reference")))


def directory(resources: Iterable[tuple[str, Element]]) -> Directory:
    """A directory of resources, each with its fullUrl (empty where it has none), and of what they contain."""
    found: dict[str, Element] = {}
    for url, resource in resources:
        kind, own_id = text(resource.get("resourceType")), text(resource.get("id"))
        for address in (url, f"{kind}/{own_id}" if own_id else ""):
            if address:
                found.setdefault(address, resource)
        for inner in objects(resource.get("contained")):
            found.setdefault(f"#{text(inner.get('id'))}", inner)
    return Directory(found)


def resource_name(resource: Element) -> str:
    """A Practitioner, Organization, Device, Patient or other resource in words; empty when it has no name."""
    kind = text(resource.get("resourceType"))
    if kind == "Patient":
        return "pasienten"
    if kind == "Device":
        return device_name(resource)
    return human_name(resource.get("name")) or identifier_text(resource.get("identifier"))


def human_name(value: object) -> str:
    """A HumanName, or a plain name, in words."""
    if isinstance(value, str):
        return value.strip()
    name = element(value)
    given = " ".join(said for g in listed(name.get("given")) if (said := text(g)))
    return text(name.get("text")) or f"{given} {text(name.get('family'))}".strip()


def device_name(device: Element) -> str:
    """A Device in words: its name or type, and its identifier."""
    called = text(element(device.get("deviceName")).get("name")) or concept(device.get("type"))
    model = text(device.get("modelNumber"))
    number = text(device.get("serialNumber")) or identifier_text(device.get("identifier"))
    words = " ".join(w for w in (called, model if model not in called else "") if w)
    return f"{words} ({number})" if words and number else words or number


def identifier_text(value: object) -> str:
    """An Identifier's value as it may be shown; of a person's number only its kind."""
    one = element(value)
    number, system = text(one.get("value")), text(one.get("system"))
    if not number:
        return ""
    if system in PERSON_SYSTEMS:
        return "person med nasjonalt nummer"
    return f"HPR-nr. {number}" if system == _HPR else number


def _address(reference: Element) -> str:
    address = text(reference.get("reference"))
    return "" if address.startswith(("#", "urn:uuid:")) else address
