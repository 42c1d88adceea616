"""What a resource refers to, as far as it can tell which case it belongs to. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

#: References to people, places and things: they never name a case.
_NOT_ABOUT_A_CASE = frozenset(
    {
        "subject",
        "patient",
        "author",
        "performer",
        "participant",
        "individual",
        "actor",
        "recorder",
        "asserter",
        "custodian",
        "party",
        "sender",
        "source",
        "receiver",
        "responsible",
        "device",
        "location",
        "serviceProvider",
        "managingOrganization",
        "organization",
        "medicationReference",
        "assigner",
        "owner",
        "authorizingPrescription",
        "insurance",
        "account",
        "episodeOfCare",
        "basedOn",
        "text",
        "meta",
        "code",
        "contained",
    }
)
_MAX_DEPTH = 24
_ALARM_URL = re.compile(r"(?:^|/)DetectedIssue/")


def case_references(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every Reference in `resource` that may name an alarm or its follow-up, in document order."""
    for name, value in resource.items():
        if name in _NOT_ABOUT_A_CASE or name == "identifier" or not isinstance(value, (dict, list)):
            continue
        yield from _within(value, name, _MAX_DEPTH)


def alarm_references(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The References in `resource` that name an alarm: by their type or address, or since a note's section lists them.

    VKP's notes list the alarm that they are about under `section.entry`, often without saying its type.
    """
    is_note = resource.get("resourceType") == "Composition"
    sections = {"section": resource.get("section")} if is_note else {}
    listed = {id(r) for r in case_references(sections) if not r.get("type") and not _is_address(r)}
    for reference in case_references(resource):
        url = reference.get("reference")
        by_address = isinstance(url, str) and _ALARM_URL.search(url)
        if reference.get("type") == "DetectedIssue" or by_address or id(reference) in listed:
            yield reference


def _is_address(reference: Mapping[str, Any]) -> bool:
    """Whether the reference has an address from which a type can be seen."""
    url = reference.get("reference")
    return isinstance(url, str) and not url.startswith("urn:")


def _within(value: object, name: str, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value:
            yield from _within(item, name, depth - 1)
    elif isinstance(value, dict):
        if name == "targetIdentifier":
            yield {"identifier": value}
            return
        if isinstance(value.get("reference"), str) or isinstance(value.get("identifier"), dict):
            yield value
            return
        for inner, child in value.items():
            if inner not in _NOT_ABOUT_A_CASE and isinstance(child, (dict, list)):
                yield from _within(child, inner, depth - 1)
