"""Searchset Bundles, written so that every resource keeps the text that it was sent with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from fastapi import Response

from hub.api.errors import FHIR_JSON


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource as JSON text, its full URL, and why it is there."""

    full_url: str
    resource: bytes
    mode: Literal["match", "include"] = "match"


def searchset(entries: Iterable[Entry], *, links: Sequence[dict[str, Any]] = (), total: int | None = None) -> Response:
    """The answer to a search."""
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset"}
    if total is not None:
        bundle["total"] = total
    if links:
        bundle["link"] = list(links)
    shown = [_entry(entry) for entry in entries]
    if shown:  # FHIR has no empty lists
        bundle["entry"] = shown
    return Response(orjson.dumps(bundle), media_type=FHIR_JSON)


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "fullUrl": entry.full_url,
        "resource": orjson.Fragment(entry.resource),
        "search": {"mode": entry.mode},
    }
