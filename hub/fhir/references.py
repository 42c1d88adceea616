"""References: whether what they point to is there, and is of the right kind."""

from __future__ import annotations

import re
from typing import Any

from hub.fhir.drafts import Check, Context, Draft, Drafts, shown
from hub.fhir.resource_names import RESOURCE_NAMES

_TYPED = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?")


def contained_ids(resource: dict[str, Any]) -> frozenset[str]:
    """The ids of what `resource` contains."""
    contained = resource.get("contained")
    if type(contained) is not list:
        return frozenset()
    return frozenset(c["id"] for c in contained if type(c) is dict and type(c.get("id")) is str)


def full_urls(bundle: dict[str, Any]) -> dict[str, str]:
    """The types of a Bundle's entries by their addresses, and by `Type/id` where they have an id."""
    found: dict[str, str] = {}
    entries = bundle.get("entry")
    for entry in entries if type(entries) is list else ():
        resource = entry.get("resource") if type(entry) is dict else None
        if type(resource) is dict and type(name := resource.get("resourceType")) is str:
            if type(url := entry.get("fullUrl")) is str:
                found[url] = name
            if type(own := resource.get("id")) is str:
                found[f"{name}/{own}"] = name
    return found


def resolved(value: Any, context: Context) -> Drafts:
    """A check of a Reference: what is said to be inside the message must be there.

    `#id` is a contained resource. A `urn:` address in a document is another entry; it may also be that of an
    earlier message, so at level vkp it is only remarked on.
    """
    target = value.get("reference")
    if type(target) is not str or not target:
        return None
    if target[0] == "#":
        if target == "#" or target[1:] in context.local:
            return None
        return [Draft("reference-unresolved", "r4-ref-1", path=".reference")]
    if context.full_urls is not None and target.startswith("urn:") and target not in context.full_urls:
        return [Draft("reference-unresolved", "bundle-reference-unresolved", path=".reference", found=shown(target))]
    return None


def target_check(targets: frozenset[str]) -> Check:
    """A check that a Reference points to one of the resource types `targets`, as far as it can be seen."""
    expected = " | ".join(sorted(targets))

    def check(value: Any, context: Context) -> Drafts:
        if type(value) is not dict:
            return None
        kind = _kind(value, context)
        if kind is None or kind in targets:
            return None
        return [Draft("reference-target", "r4-reference-target", path=".reference", found=kind, expected=expected)]

    return check


def _kind(reference: dict[str, Any], context: Context) -> str | None:
    target = reference.get("reference")
    if type(target) is not str:
        return None
    if context.full_urls and target in context.full_urls:
        return context.full_urls[target]
    named = _TYPED.fullmatch(target)
    return named[1] if named and named[1] in RESOURCE_NAMES else None
