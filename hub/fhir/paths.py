"""From the FHIRPath of a finding to the place in the JSON that it speaks of."""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"\.?([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]")

Place = tuple[str | int, ...]


def place_of(resource: Any, path: str) -> Place:
    """The keys and indices that lead to the element at `path`, as far as it is there.

    `path` begins with the resource's name or `$this`. A choice is found under its name in JSON, and an index is
    passed over where an object stands in a list's place.
    """
    place: list[str | int] = []
    value = resource
    for step in _steps(path):
        key = _key(value, step)
        if key is None:
            break
        if key != "":
            place.append(key)
            value = value[key]
    return tuple(place)


def is_there(resource: Any, path: str) -> bool:
    """Whether every step of `path` but the last leads to something: what is missing is missing from something."""
    value = resource
    for step in _steps(path)[:-1]:
        key = _key(value, step)
        if key is None:
            return False
        value = value if key == "" else value[key]
    return True


def pointer(place: Place) -> str:
    """`place` as a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in place)


def at(resource: Any, place: Place) -> Any:
    """The value at `place`, which must be there."""
    for step in place:
        resource = resource[step]
    return resource


def _steps(path: str) -> list[str | int]:
    _, _, rest = path.partition(".") if "." in path else ("", "", "")
    return [m[1] or int(m[2]) for m in _STEP.finditer(rest)]


def _key(value: Any, step: str | int) -> str | int | None:
    if isinstance(step, int):
        if isinstance(value, list):
            return step if step < len(value) else None
        return "" if step == 0 else None
    if not isinstance(value, dict):
        return None
    if step in value:
        return step
    chosen = (k for k in value if k.startswith(step) and k[len(step) : len(step) + 1].isupper())
    return next(chosen, f"_{step}" if f"_{step}" in value else None)
