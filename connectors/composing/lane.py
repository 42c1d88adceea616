"""The line in which a patient's messages wait for each other, named so that the name tells nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any


def lane_of(patient: Mapping[str, Any]) -> str:
    """The lane of the patient whom a FHIR reference names."""
    identifier = patient.get("identifier") or {}
    value = identifier.get("value")
    named = f"{identifier.get('system')}|{value}" if value else str(patient.get("reference"))
    return hashlib.sha256(named.encode()).hexdigest()
