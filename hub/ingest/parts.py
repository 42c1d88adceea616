"""A checked message taken apart: its resources, their addresses, identifiers and codes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """The resources of a message, sorted out."""

    top: Resource
    resources: tuple[Resource, ...]
    by_url: Mapping[str, Resource]
    by_type: Mapping[str, Sequence[Resource]]

    def of(self, resource_type: str) -> Sequence[Resource]:
        """The resources of this type."""
        return self.by_type.get(resource_type, ())

    def first(self, resource_type: str) -> Resource | None:
        """The first resource of this type, if there is one."""
        found = self.by_type.get(resource_type)
        return found[0] if found else None


def take_apart(resource: Resource) -> Parts:
    """The resources of a Bundle, or the one resource that is the message."""
    if resource.get("resourceType") != "Bundle":
        return Parts(resource, (resource,), {}, {str(resource.get("resourceType")): (resource,)})
    found: list[Resource] = []
    by_url: dict[str, Resource] = {}
    for entry in objects(resource.get("entry")):
        inner = entry.get("resource")
        if isinstance(inner, dict):
            found.append(inner)
            if isinstance(url := entry.get("fullUrl"), str):
                by_url[url] = inner
            if isinstance(own_id := inner.get("id"), str):
                by_url.setdefault(f"{inner.get('resourceType')}/{own_id}", inner)
    by_type: dict[str, list[Resource]] = {}
    for inner in found:
        by_type.setdefault(str(inner.get("resourceType")), []).append(inner)
    return Parts(resource, tuple(found), by_url, by_type)


def objects(value: object) -> Iterator[dict[str, Any]]:
    """The objects of a list, or the one object where a list belongs."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def identifiers(resource: Resource) -> Iterator[tuple[str | None, str]]:
    """System and value of each identifier that has a value."""
    for identifier in objects(resource.get("identifier")):
        value = identifier.get("value")
        if isinstance(value, str) and value:
            system = identifier.get("system")
            yield (system if isinstance(system, str) and system else None), value


def first_identifier(resource: Resource) -> tuple[str | None, str | None]:
    """System and value of the first identifier; None where there is none."""
    return next(identifiers(resource), (None, None))


def code_in(concept: object, system: str) -> str | None:
    """The code of `system` in a CodeableConcept, else its first code of any system."""
    for one in objects(concept):
        codings = list(objects(one.get("coding")))
        for coding in (*(c for c in codings if c.get("system") == system), *codings):
            if isinstance(code := coding.get("code"), str):
                return code
    return None
