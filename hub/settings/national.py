"""Settings of the national doors (VKP, JFT, PIT, PMD) and of the token service, with what the sources disagree on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from hub.settings.section import Section

Lookup = Literal[
    "patient", "episodeofcare", "careplan", "composition", "condition", "medicationstatement", "allergyintolerance"
]
#: The EPJ's code of a service; `%` stands for anything.
ServicePattern = Annotated[str, Field(pattern=r"^[0-9A-Za-zÆØÅæøå.%\-]{1,40}$")]
VkpCode = Annotated[str, Field(pattern=r"^(rt|ta|gps|md|dt|dho)$")]
ServicePatterns = dict[VkpCode, tuple[ServicePattern, ...]]

#: Made up by us: each municipality's EPJ has its own codes.
DEFAULT_SERVICE_PATTERNS: ServicePatterns = {
    "rt": ("%.2.1",),
    "ta": ("%.2.2",),
    "gps": ("%.2.3",),
    "md": ("%.2.4",),
    "dt": ("%.2.5",),
    "dho": ("%.2.6",),
}


class VkpSettings(Section):
    """VKP: which of the EPJ's service codes each of VKP's stands for, and how long a sender waits, in seconds."""

    service_codes: ServicePatterns = DEFAULT_SERVICE_PATTERNS
    timeout_s: float = Field(default=30.0, gt=0, le=300)


class VkpMunicipalitySettings(Section):
    """What a municipality has agreed with VKP: its own service codes, and the look-ups that it has closed."""

    service_codes: ServicePatterns = Field(default_factory=dict)
    closed: tuple[Lookup, ...] = ()


class ForwardSettings(Section):
    """That VKP passes what `sender` writes for `municipality` on to JFT, corrected where JFT is stricter."""

    municipality: str
    sender: str


class JftSettings(Section):
    """JFT as documented in February or June 2026, and who is forwarded there from VKP."""

    documentation: Literal["2026-02", "2026-06"] = "2026-06"
    forward: tuple[ForwardSettings, ...] = ()


class PmdSettings(Section):
    """PMD: the portal says `collection`, the draft guide `batch`. The scope is not published; this is ours."""

    bundle_type: Literal["collection", "batch"] = "collection"
    scope: str = Field(default="nhn:pmd/api", pattern=r"^[\x21\x23-\x5B\x5D-\x7E]+$")


class TokenServiceSettings(Section):
    """Whose tokens the doors trust: our own token service's, or those of another `issuer` such as HelseID's.

    `assertion_audience` lets older clients name the token endpoint in their assertions.
    """

    issuer: str | None = Field(default=None, pattern=r"^https?://[^\s/]+[^\s]*[^\s/]$")
    assertion_audience: Literal["issuer", "issuer_or_token_endpoint"] = "issuer"


def national_relations(table: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The faults that no single key of an unchecked configuration shows: what is forwarded from and to."""
    pulling = {
        str(m.get("organisation_number"))
        for m in _tables(table, "municipality")
        if isinstance(m.get("epj"), dict) and m["epj"].get("adapter") == "pull"
    }
    senders = {(str(s.get("municipality")), str(s.get("id"))) for s in _tables(table, "sender")}
    jft = table.get("jft")
    for i, row in enumerate(_tables(jft, "forward") if isinstance(jft, dict) else ()):
        if str(row.get("municipality")) not in pulling:
            text = "må være en kommune der journalsystemet henter selv (epj.adapter = «pull»), ellers føres alt dobbelt"
            yield ("jft", "forward", i, "municipality"), text
        elif (str(row.get("municipality")), str(row.get("sender"))) not in senders:
            yield ("jft", "forward", i, "sender"), "er ikke en avsender for kommunen"


def _tables(table: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = table.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
