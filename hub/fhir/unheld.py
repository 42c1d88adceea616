"""Profiles that a resource names and that are not held against it: unknown ones, and those of other types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.fhir.drafts import Draft, shown
from hub.fhir.rules import Profile

_NATIONAL = ("http://ehelse.no/", "http://hl7.no/")


def profiles(resource: dict[str, Any], known: Mapping[str, Profile], type_name: str) -> list[Draft]:
    """A remark on each named profile that is of another type, or is national and not known here."""
    meta = resource["meta"]
    named = meta.get("profile") if type(meta) is dict else None
    drafts = []
    for index, url in enumerate(named if type(named) is list else ()):
        if type(url) is not str:
            continue
        profile = known.get(url.partition("|")[0])
        path = f".meta.profile[{index}]"
        if profile is None and url.startswith(_NATIONAL):
            drafts.append(Draft("profile-unknown", "profile-unknown", path=path, found=shown(url)))
        elif profile is not None and profile.type != type_name:
            found, expected = profile.type, type_name
            drafts.append(Draft("profile-type", "profile-of-other-type", path=path, found=found, expected=expected))
    return drafts
