"""R4's rules of Bundles, and what makes one a document. The names are R4's own (bdl-1 and so on)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hub.fhir.drafts import Context, Draft, Drafts

_WITH_REQUEST = frozenset({"batch", "transaction", "history"})
_WITH_RESPONSE = frozenset({"batch-response", "transaction-response", "history"})


def whole(value: Any, context: Context) -> Drafts:
    """What the Bundle's type demands of the Bundle itself."""
    kind = _kind(value)
    drafts: list[Draft] = []
    if "total" in value and kind not in {"searchset", "history"}:
        drafts.append(_broken("bdl-1", ".total", "Ta bort total: den hører bare til søkesvar."))
    if kind == "document":
        drafts += _document(value)
    if kind == "message" and _first_type(value) != "MessageHeader":
        drafts.append(_broken("bdl-12", ".entry[0].resource", "Sett MessageHeader først i en melding."))
    return drafts or None


def entries(value: Any, context: Context) -> Drafts:
    """What the Bundle's type demands of every entry."""
    kind = _kind(value)
    seen: set[tuple[str, str]] = set()
    drafts: list[Draft] = []
    for index, entry in enumerate(_entries(value)):
        if type(entry) is dict:
            for draft in _entry(entry, kind, seen):
                draft.path = f".entry[{index}]{draft.path}"
                drafts.append(draft)
    return drafts or None


RULES = (whole, entries)


def _document(value: dict[str, Any]) -> Iterator[Draft]:
    identifier = value.get("identifier")
    if type(identifier) is not dict or not identifier.get("value"):
        yield _missing("bdl-9", ".identifier", "Gi dokumentet en identifikator med system og value.")
    elif not identifier.get("system"):
        yield _missing("bdl-9", ".identifier.system", "Gi identifikatoren et system, så den er entydig.")
    if not value.get("timestamp"):
        yield _missing("bdl-10", ".timestamp", "Oppgi når dokumentet ble satt sammen (timestamp).")
    if not _entries(value):
        yield _missing("bdl-11", ".entry", "Et dokument må ha en Composition som første ressurs.")
    elif _first_type(value) != "Composition":
        yield _broken("bdl-11", ".entry[0].resource", "Sett Composition først i et dokument.")


def _entry(entry: dict[str, Any], kind: str, seen: set[tuple[str, str]]) -> Iterator[Draft]:
    url, resource = entry.get("fullUrl"), entry.get("resource")
    if kind == "document" and not url:
        yield _missing("bundle-entry-fullurl", ".fullUrl", "Gi oppføringen en fullUrl, for eksempel urn:uuid:…")
    if not resource and "request" not in entry and "response" not in entry:
        yield _missing("bdl-5", ".resource", "Legg til ressursen. En oppføring kan ikke være tom.")
    if type(url) is str and "/_history/" in url:
        yield _broken("bdl-8", ".fullUrl", "fullUrl skal ikke vise til en bestemt versjon.")
    if type(url) is str and kind != "history":
        if (key := (url, _version(resource))) in seen:
            yield _broken("bdl-7", ".fullUrl", "Hver fullUrl kan bare brukes én gang i en Bundle.")
        seen.add(key)
    yield from _exchange(entry, kind)


def _exchange(entry: dict[str, Any], kind: str) -> Iterator[Draft]:
    if "search" in entry and kind != "searchset":
        yield _broken("bdl-2", ".search", "Ta bort search: det hører bare til søkesvar.")
    if ("request" in entry) != (kind in _WITH_REQUEST):
        yield _broken("bdl-3", ".request", "request skal være med i batch, transaction og history, og bare der.")
    if ("response" in entry) != (kind in _WITH_RESPONSE):
        yield _broken("bdl-4", ".response", "response skal være med i svar på batch og transaction, og bare der.")


def _kind(bundle: dict[str, Any]) -> str:
    kind = bundle.get("type")
    return kind if type(kind) is str else ""


def _entries(value: dict[str, Any]) -> list[Any]:
    found = value.get("entry")
    return found if type(found) is list else [found] if type(found) is dict else []


def _first_type(value: dict[str, Any]) -> Any:
    found = _entries(value)
    resource = found[0].get("resource") if found and type(found[0]) is dict else None
    return resource.get("resourceType") if type(resource) is dict else None


def _version(resource: Any) -> str:
    meta = resource.get("meta") if type(resource) is dict else None
    version = meta.get("versionId") if type(meta) is dict else None
    return version if type(version) is str else ""


def _missing(rule: str, path: str, advice: str) -> Draft:
    return Draft("required", f"r4-{rule}", path=path, advice=advice)


def _broken(rule: str, path: str, advice: str) -> Draft:
    return Draft("invariant", f"r4-{rule}", path=path, advice=advice)
