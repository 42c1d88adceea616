"""JFT's CapabilityStatement."""

from __future__ import annotations

from typing import Any

from hub.api.capability import Interaction, capability_statement
from hub.settings.national import JftSettings

_SEARCH = (("_lastUpdated", "date"), ("_tag", "token"))


def capability(base: str, settings: JftSettings) -> dict[str, Any]:
    """What JFT can do here, at `base`."""
    types = ("Bundle", "Composition", "MedicationDispense")
    return capability_statement(
        "JFT",
        f"Journalføringstjenesten, slik den er dokumentert {settings.documentation}",
        f"{base}/v1",
        [Interaction(name, ("create", "search-type"), _SEARCH) for name in types],
    )
