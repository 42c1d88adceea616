"""Whether a body is a resource of the type that its address is for."""

from __future__ import annotations

import orjson

from hub.model.finding import Finding

_BOM = b"\xef\xbb\xbf"


def other_type(raw: bytes, resource_type: str) -> tuple[Finding, ...]:
    """A fault when the body is a resource of another type than the address says; broken JSON is told elsewhere."""
    try:
        resource = orjson.loads(raw.removeprefix(_BOM))
    except orjson.JSONDecodeError:
        return ()
    name = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(name, str) or name == resource_type:
        return ()
    advice = "Send ressursen til adressen for sin egen type, eller rett resourceType."
    return (Finding("error", "resourceType", "resource-of-other-type", advice, expected=resource_type),)
