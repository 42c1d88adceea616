"""The notes that were written about somebody through the hub: as they were written, but valid FHIR."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from hub.api.searchset import Entry
from hub.api.vkp.door import Vkp
from hub.api.vkp.period import Period
from hub.fhir import verbatim
from hub.fhir.checking import check
from hub.fhir.fixing import fix
from hub.model.times import parse_time
from hub.store.person_messages import PersonMessage, messages_about
from hub.store.register import Registered

_NAMESPACE = uuid.UUID("0a3c1f4e-6a83-5b6e-8b3d-5d6f6a0c7c42")


async def compositions(vkp: Vkp, person: Registered, municipality: str, period: Period) -> list[Entry]:
    """The Compositions dated within `period`; what else came with one in its Bundle is included."""
    async with vkp.engines.reading() as connection:
        found = await messages_about(
            connection, person.identifiers, municipality=municipality, resource_types=("Bundle", "Composition")
        )
    return [entry for message in found for entry in _entries(vkp, message, period)]


def _entries(vkp: Vkp, message: PersonMessage, period: Period) -> Iterator[Entry]:
    whole = verbatim.loads(message.raw)
    if not any(_is_within(resource, period) for _, resource in _parts(whole, message)):
        return
    for url, resource in _parts(_put_right(vkp, whole), message):
        if resource.get("resourceType") != "Composition":
            yield Entry(url, verbatim.dumps(resource), "include")
        elif _is_within(resource, period):
            yield Entry(url, verbatim.dumps(resource))


def _put_right(vkp: Vkp, whole: dict[str, Any]) -> dict[str, Any]:
    """`whole` without the loose forms that VKP takes and a reader's FHIR library refuses."""
    now, mode = vkp.clock.now(), vkp.trust.mode
    fixed: dict[str, Any] = fix(whole, lambda value: check(value, level="jft", now=now, mode=mode)).resource
    return fixed


def _parts(whole: dict[str, Any], message: PersonMessage) -> Iterator[tuple[str, dict[str, Any]]]:
    """The message's resources with their full URLs; one that has none, or shares it, gets one of its own."""
    if whole["resourceType"] != "Bundle":
        yield _url(message, 0), whole
        return
    entries = whole.get("entry")
    for i, entry in enumerate([entries] if isinstance(entries, dict) else entries or []):
        if isinstance(entry, dict) and isinstance(resource := entry.get("resource"), dict):
            url = entry.get("fullUrl")
            yield (url if isinstance(url, str) and url else _url(message, i)), resource


def _url(message: PersonMessage, i: int) -> str:
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{message.case_id}/{message.number}/{i}')}"


def _is_within(resource: dict[str, Any], period: Period) -> bool:
    if resource.get("resourceType") != "Composition":
        return False
    dated = parse_time(resource.get("date"))
    return dated is not None and dated in period
