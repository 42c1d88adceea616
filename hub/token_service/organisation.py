"""Which organisation a client speaks for: what it says in its assertion, and whether it may (standards, section 5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.model.client import Client
from hub.model.helseid import AUTHORIZATION_TYPE, CHILD_SYSTEMS, ORGANISATION_PREFIX, PARENT_AND_CHILD_SYSTEM
from hub.token_service.errors import OAuthError

_NINE_DIGITS = re.compile(r"[0-9]{9}")


@dataclass(frozen=True, slots=True)
class Organisation:
    """The legal entity (parent) and the unit under it (child) that a token speaks for."""

    parent: str | None
    child: str | None = None


def organisation_of(claims: Mapping[str, Any], client: Client) -> Organisation:
    """The organisation for which `client` asks, from its assertion's `claims`.

    Without a statement a single-tenant client gets its own parent, and a multi-tenant one none. Raises OAuthError
    `invalid_request`, with HelseID's error number in the text.
    """
    stated = _stated(claims.get("assertion_details") or claims.get("authorization_details"))
    if stated is None:
        return Organisation(client.organisation_number)
    system, value = stated
    asked = _parent_and_child(value) if system == PARENT_AND_CHILD_SYSTEM else _child(system, value, client)
    _check_parent(asked.parent, client)
    _check_child(asked.child, client)
    return asked


def _stated(details: object) -> tuple[str, str] | None:
    """System and value of the one organisation that is stated, None when nothing is."""
    rows = details if isinstance(details, list) else [] if details is None else [details]
    ours = [row for row in rows if isinstance(row, Mapping) and row.get("type") == AUTHORIZATION_TYPE]
    if not ours:
        return None
    identifier: object = ours[0]
    for name in ("practitioner_role", "organization", "identifier"):
        identifier = identifier.get(name) if isinstance(identifier, Mapping) else None
    if len(ours) > 1 or not isinstance(identifier, Mapping) or identifier.get("type") != "ENH":
        raise _refused(1007, "one practitioner_role.organization.identifier of type ENH is expected")
    return str(identifier.get("system")), str(identifier.get("value"))


def _parent_and_child(value: str) -> Organisation:
    numbers = value.removeprefix(ORGANISATION_PREFIX).split(":")
    if not value.startswith(ORGANISATION_PREFIX) or len(numbers) > 2:
        raise _refused(1007, f"the value must be {ORGANISATION_PREFIX}parent or {ORGANISATION_PREFIX}parent:child")
    parent, child = numbers[0], numbers[1] if len(numbers) == 2 and numbers[1] else None
    for number in (parent, child):
        _check_digits(number)
    return Organisation(parent, child)


def _child(system: str, value: str, client: Client) -> Organisation:
    if system not in CHILD_SYSTEMS:
        raise _refused(1007, f"the identifier's system must be {PARENT_AND_CHILD_SYSTEM}")
    if client.tenancy == "multi-tenant":
        raise _refused(1007, "a multi-tenant client must name the parent organisation too")
    _check_digits(value)
    return Organisation(client.organisation_number, value)


def _check_digits(number: str | None) -> None:
    if number is not None and not _NINE_DIGITS.fullmatch(number):
        raise _refused(1004, "an organisation number is nine digits")


def _check_parent(parent: str | None, client: Client) -> None:
    if client.tenancy == "single-tenant" and parent != client.organisation_number:
        raise _refused(1005, "a single-tenant client speaks for its own organisation only")
    if client.tenancy == "multi-tenant" and not {parent, "*"} & set(client.delegations):
        raise _refused(1001, "the parent organisation has not delegated to this client's supplier")


def _check_child(child: str | None, client: Client) -> None:
    if child and client.child_organisation_numbers and child not in client.child_organisation_numbers:
        raise _refused(1002, "the child organisation is not in this client's list")


def _refused(number: int, text: str) -> OAuthError:
    return OAuthError("invalid_request", f"HID-{number}: {text}")
