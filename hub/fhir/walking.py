"""The checks that everything is compiled to: an object, a list, a value with more than one demand on it.

These run for every element of every message. They answer None, and make nothing, when all is well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from hub.fhir.drafts import Check, Context, Draft, Drafts, shown

_NAME = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,63}")

Missing = tuple[tuple[str, ...], Callable[[], Draft]]


def object_check(  # noqa: C901  the innermost loop of every message stays in one piece
    checks: Mapping[str, Check],
    names: Mapping[str, str],
    *,
    required: Sequence[Missing],
    choices: Sequence[tuple[frozenset[str], str]],
    rules: Sequence[Check],
) -> Check:
    """A check of an object: each element by `checks`, `required` ones there, one of each choice, then `rules`.

    `names` gives an element's FHIRPath name where it isn't its name in JSON.
    """
    find = checks.get
    musts = [(keys[0], frozenset(keys), missing) for keys, missing in required]

    def check(value: Any, context: Context) -> Drafts:
        if type(value) is not dict:
            return [_not_object(value)]
        drafts: list[Draft] = []
        for key, item in value.items():
            element = find(key)
            if element is None:
                drafts.append(_unknown(key))
            elif (seen := element(item, context)) is not None:
                drafts += _stepped(seen, key, names)
        for key, keys, missing in musts:
            if (key not in value and keys.isdisjoint(value)) or (drafts and _all_blank(value, keys)):
                drafts.append(missing())
        if choices:
            drafts += _twice(value, choices)
        for rule in rules:
            if (seen := rule(value, context)) is not None:
                drafts += seen
        return drafts or (None if value else [Draft("empty", "r4-empty")])

    return check


def part_check(checks: Mapping[str, Check], names: Mapping[str, str], required: Sequence[Missing]) -> Check:
    """A check of only some elements of an object that is checked as a whole elsewhere."""
    musts = [(frozenset(keys), missing) for keys, missing in required]

    def check(value: Any, context: Context) -> Drafts:
        if type(value) is not dict:
            return None
        drafts: list[Draft] = []
        for key, element in checks.items():
            if key in value and (seen := element(value[key], context)) is not None:
                drafts += _stepped(seen, key, names)
        for keys, missing in musts:
            if keys.isdisjoint(value) or _all_blank(value, keys):
                drafts.append(missing())
        return drafts or None

    return check


def list_check(one: Check, counted: Callable[[int], Sequence[Draft]] | None) -> Check:
    """A check of an array whose items are checked by `one`, and its length by `counted` where there are limits.

    An object where the array should be is remarked on and checked as its only item.
    """

    def check(value: Any, context: Context) -> Drafts:
        if type(value) is not list:
            return _lone(value, one, context)
        drafts: list[Draft] = []
        for index, item in enumerate(value):
            if (seen := one(item, context)) is not None:
                for draft in seen:
                    draft.path = f"[{index}]{draft.path}"
                drafts += seen
        if not value:
            return [Draft("empty", "r4-empty")]
        if counted is not None:
            drafts += counted(len(value))
        return drafts or None

    return check


def all_of(checks: Sequence[Check]) -> Check:
    """A check that is all of `checks`, one after the other."""
    if len(checks) == 1:
        return checks[0]

    def check(value: Any, context: Context) -> Drafts:
        drafts: Drafts = None
        for part in checks:
            if (seen := part(value, context)) is not None:
                drafts = seen if drafts is None else drafts + seen
        return drafts

    return check


def remembered(check: Check) -> Check:
    """`check`, but what it found nothing against is known again and not looked at twice.

    Only for values whose check goes by nothing but themselves; what bears an extension may be judged by its place.
    """
    sound: set[bytes] = set()

    def again(value: Any, context: Context) -> Drafts:
        try:
            written = orjson.dumps(value)
        except TypeError:  # larger than a whole number of 64 bits, or nested deeper than orjson goes
            return check(value, context)
        if written in sound:
            return None
        drafts = check(value, context)
        is_short = len(written) < _LONGEST_KNOWN and len(sound) < _MOST_KNOWN
        if drafts is None and is_short and b"extension" not in written:
            sound.add(written)
        return drafts

    return again


_MOST_KNOWN = 128
_LONGEST_KNOWN = 1_000


def late(checks: Mapping[str, Check], name: str) -> Check:
    """A check that is looked up in `checks` when it is used: for types that hold each other."""

    def check(value: Any, context: Context) -> Drafts:
        return checks[name](value, context)

    return check


def nothing(value: Any, context: Context) -> Drafts:
    """A check that finds nothing."""
    return None


def always(make: Callable[[], Draft]) -> Check:
    """A check that finds the same whatever the value is."""

    def check(value: Any, context: Context) -> Drafts:
        return [make()]

    return check


def primitive_extension(element: Check) -> Check:
    """A check of the object, or array of objects and nulls, that stands beside a primitive to extend it."""

    def check(value: Any, context: Context) -> Drafts:
        drafts: list[Draft] = []
        for item in value if type(value) is list else [value]:
            if item is not None:
                drafts += element(item, context) or ()
        for draft in drafts:
            draft.path = ""  # FHIRPath has no name for the object beside: the primitive stands for it
        return drafts or None

    return check


def blank(value: Any) -> bool:
    """Whether there is nothing in `value`: null, empty, or holding nothing but such."""
    if type(value) is str:
        return not value or value.isspace()
    if type(value) is dict:
        return all(map(blank, value.values()))
    if type(value) is list:
        return all(map(blank, value))
    return value is None


def not_resource(value: Any) -> list[Draft]:
    """What there is to say of something that should be a resource and is not even an object."""
    return [Draft("wrong-type", "r4-wrong-type", found=shown(value), expected="ressurs")]


def unread(value: dict[str, Any]) -> list[Draft]:
    """What there is to say of a resource that R4 has and no table here holds: that it is not checked."""
    return [Draft("not-checked", "resource-not-checked", path=".resourceType", found=shown(value["resourceType"]))]


def _lone(value: Any, one: Check, context: Context) -> Drafts:
    if value is None or value == "":
        return [Draft("empty", "r4-empty")]
    drafts = one(value, context) or []
    if any(d.kind == "wrong-type" and not d.path for d in drafts):
        return drafts
    return [Draft("one-for-list", "r4-list-expected", found=shown(value), expected="liste"), *drafts]


def _not_object(value: Any) -> Draft:
    if value is None or value == "":
        return Draft("empty", "r4-empty")
    if type(value) is list:
        return Draft("list-for-one", "r4-object-expected", found="liste", expected="objekt")
    return Draft("wrong-type", "r4-wrong-type", found=shown(value), expected="objekt")


def _unknown(key: Any) -> Draft:
    path = f".{key}" if _NAME.fullmatch(key) else ""
    return Draft("unknown-element", "r4-unknown-element", path=path)


def _stepped(seen: list[Draft], key: str, names: Mapping[str, str]) -> list[Draft]:
    step = f".{names.get(key, key)}"
    for draft in seen:
        draft.path = step + draft.path
        draft.element = draft.element or key
    return seen


def _all_blank(value: dict[str, Any], keys: frozenset[str]) -> bool:
    for key in keys:  # noqa: SIM110  a generator here costs more than what it looks at
        if not blank(value.get(key)):
            return False
    return True


def _twice(value: dict[str, Any], choices: Sequence[tuple[frozenset[str], str]]) -> list[Draft]:
    drafts = []
    for keys, name in choices:
        count = 0
        for key in value:
            if key in keys:
                count += 1
        if count > 1:
            drafts.append(Draft("two-values", "r4-two-values", path=f".{name}"))
    return drafts
