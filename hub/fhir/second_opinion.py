"""What fhir.resources thinks of a resource: an independent reading of R4, for the linter and the tests.

Never at ingest: one reading costs several times what `hub.fhir.checking` does, and importing the library takes a
quarter of a second. The package has no R4; R4B is the same for the resources used here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.model.finding import Finding


def second_opinion(resource: dict[str, Any]) -> tuple[Finding, ...]:
    """What fhir.resources (R4B) refuses in `resource`, as information; nothing of its content is repeated."""
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    name = resource.get("resourceType")
    try:
        model = get_fhir_model_class(name if isinstance(name, str) else "")
    except (ValueError, LookupError, AttributeError):
        return (_finding("$this", "fhir.resources kjenner ikke denne ressurstypen."),)
    try:
        model.model_validate(resource)
    except ValidationError as refusal:
        places = dict.fromkeys(_path(str(name), error["loc"]) for error in refusal.errors(include_input=False))
        return tuple(_finding(place, "fhir.resources leser ikke dette elementet.") for place in places)
    except (TypeError, ValueError, AttributeError, RecursionError):
        return (_finding(str(name), "fhir.resources kan ikke lese meldingen."),)
    return ()


def _finding(path: str, advice: str) -> Finding:
    found, expected = "noe som R4B ikke har", "det som R4B tillater"
    return Finding(
        "information", path, "second-opinion", advice, found=found, expected=expected, issue_type="informational"
    )


def _path(name: str, steps: Sequence[str | int]) -> str:
    path = name
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step.isidentifier() and step not in {"root", "__root__"}:
            path += f".{step}"
    return path
