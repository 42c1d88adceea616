"""VKP's CapabilityStatement."""

from __future__ import annotations

from typing import Any

from hub.api.capability import Interaction, capability_statement
from hub.fhir.profiles import addresses as at

_PATIENT = (("patient.identifier", "token"),)
_PERIOD = (*_PATIENT, ("date", "date"))


def capability(base: str) -> dict[str, Any]:
    """What VKP R4 can do here, at `base` followed by an organisation number."""
    return capability_statement(
        "VKP",
        "VKP R4: adressen er {base}/{organisasjonsnummer}/{ressurs}, uten hensyn til store og små bokstaver. "
        "Oppslag er POST {ressurs}/_search.",
        base,
        [
            Interaction("Bundle", ("create",)),
            Interaction("Encounter", ("create",), profile=at.ENCOUNTER),
            Interaction("Communication", ("create",)),
            Interaction("MedicationDispense", ("create",), profile=at.MEDICATION_DISPENSE),
            Interaction("Composition", ("create", "search-type"), _PERIOD, at.COMPOSITION),
            Interaction("Patient", ("search-type",), (("identifier", "token"),), at.PATIENT),
            Interaction("EpisodeOfCare", ("search-type",), _PATIENT),
            Interaction("CarePlan", ("search-type",), _PERIOD, at.CAREPLAN),
            Interaction("Condition", ("search-type",), _PATIENT),
            Interaction("MedicationStatement", ("search-type",), _PATIENT),
            Interaction("AllergyIntolerance", ("search-type",), (("identifier", "token"),)),
        ],
    )
