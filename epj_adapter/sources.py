"""The senders' resources as entries of the hub's document: whole, as written, each once.

Entries of a sender's Bundle keep their fullUrls; a resource that came alone gets one made from the note's key.
Where a fullUrl is already taken by other content, the sender's Bundle goes in as one nested entry instead, since
its references would otherwise lead to the wrong resource. What is not JSON goes in as a Binary.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from epj_adapter.slices import Slice, items, members, whole
from hub.model.note import SourceMessage

_NAMESPACE = uuid.UUID("6f1f4c0e-7a53-5d0b-9d0e-2f6a5b0c4d11").bytes

Entry = dict[str, object]


@dataclass(slots=True)
class Sources:
    """Entries collected for one document; `urls` are the addresses of the senders' resources in order."""

    key: str
    entries: list[Entry] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    identifiers: list[bytes] = field(default_factory=list)
    _taken: dict[str, object] = field(default_factory=dict)

    def add_all(self, messages: Iterable[SourceMessage]) -> None:
        """Add every message; what is already there, in the same words, is left out."""
        for message in messages:
            self._add(message)

    def keep(self, url: str, resource: object) -> None:
        """Count `resource` as already in the document under `url`."""
        self._taken[url] = resource

    def _add(self, message: SourceMessage) -> None:
        try:
            content = whole(message.raw)
        except ValueError:
            self._add_binary(message)
            return
        if not isinstance(content.value, dict):
            self._add_binary(message)
        elif content.value.get("resourceType") == "Bundle":
            self._add_bundle(message, content)
        else:
            self._add_single(message, content)

    def _add_single(self, message: SourceMessage, content: Slice) -> None:
        if content.value in self._taken.values():
            return
        url = address(self.key, message)
        if url in self._taken:
            url = address(self.key, message, by_content=True)
        self._put(url, content.raw, content.value)

    def _add_bundle(self, message: SourceMessage, content: Slice) -> None:
        parts = members(content)
        self.identifiers += _identifiers(parts.get("identifier"))
        found = _resources(parts.get("entry"))
        named = [(url, resource.value) for url, resource in found if url]
        if not found or _clash([*self._taken.items(), *named]):
            self._put(address(self.key, message, by_content=True), content.raw, content.value)
            return
        for url, resource in found:
            self._add_resource(url, resource)

    def _add_resource(self, url: str, resource: Slice) -> None:
        if url in self._taken or (not url and resource.value in self._taken.values()):
            return
        self._put(url or _urn(self.key, resource.text), resource.raw, resource.value)

    def _add_binary(self, message: SourceMessage) -> None:
        body = {
            "resourceType": "Binary",
            "contentType": "application/fhir+json",
            "data": base64.b64encode(message.raw).decode(),
        }
        url = address(self.key, message, by_content=True)
        if url not in self._taken:
            self._put(url, orjson.dumps(body), body)

    def _put(self, url: str, raw: bytes, value: object) -> None:
        if url in self._taken:
            return
        self._taken[url] = value
        self.urls.append(url)
        self.entries.append({"fullUrl": url, "resource": orjson.Fragment(raw)})


def address(key: str, message: SourceMessage, *, by_content: bool = False) -> str:
    """A urn:uuid for a message: by how its sender names it, or by what it holds."""
    if by_content or not message.identifier_value:
        return _urn(key, hashlib.sha256(message.raw).hexdigest())
    return _urn(key, f"{message.sender}|{message.resource_type}|{message.identifier_system}|{message.identifier_value}")


def composition_url(key: str) -> str:
    """The address of the hub's own Composition in the note's document."""
    return _urn(key, "Composition")


def _urn(key: str, name: str) -> str:
    """A UUID of version 5 (RFC 9562), made here since `uuid.uuid5` takes three times as long."""
    digest = bytearray(hashlib.sha1(_NAMESPACE + f"{key}|{name}".encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"urn:uuid:{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _resources(entry: Slice | None) -> list[tuple[str, Slice]]:
    """The resources in a Bundle's entries, each with its fullUrl, or an empty one."""
    found = []
    for one in items(entry) if entry else ():
        parts = members(one)
        resource, url = parts.get("resource"), parts.get("fullUrl")
        if resource is not None and isinstance(resource.value, dict):
            found.append((url.value if url and isinstance(url.value, str) else "", resource))
    return found


def _clash(named: list[tuple[str, object]]) -> bool:
    seen: dict[str, object] = {}
    return any(seen.setdefault(url, value) != value for url, value in named)


def _identifiers(identifier: Slice | None) -> list[bytes]:
    """A Bundle's identifiers as written; a bare text becomes an Identifier with that value."""
    if identifier is None:
        return []
    if isinstance(identifier.value, str):
        return [orjson.dumps({"value": identifier.value})] if identifier.value else []
    return [one.raw for one in items(identifier) if one.value]
