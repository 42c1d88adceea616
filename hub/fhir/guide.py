"""What NHN's guide for VKP recommends and no profile demands: remarked on, never more.

Source: NHN developer portal and the VKP R4 guide (shared standards, section 1).
"""

from __future__ import annotations

from typing import Any

from hub.fhir.codes import ALERT_CODE, LOINC
from hub.fhir.drafts import Context, Draft, Drafts, shown

_NOTE_TYPE = "34133-9"


def composition(value: Any, context: Context) -> Drafts:
    """A note: its type, its status, the times of its steps, and what it tells of."""
    drafts = [*_note_type(value)]
    if value.get("status") not in ("final", "amended"):
        drafts.append(_status(value.get("status")))
    for index, event in enumerate(_objects(value.get("event"))):
        period = event.get("period")
        if not (type(period) is dict and period.get("start")):
            drafts.append(
                _advised(
                    "composition-event-period",
                    f".event[{index}].period",
                    "Oppgi tidspunktet (period.start) for steget.",
                )
            )
    if not any(section.get("entry") for section in _objects(value.get("section"))):
        drafts.append(
            _advised("composition-section-entry", ".section", "La en seksjon vise til varselet (DetectedIssue).")
        )
    return drafts or None


def detected_issue(value: Any, context: Context) -> Drafts:
    """An alert: when it was raised, and by what."""
    drafts: list[Draft] = []
    if "identifiedDateTime" not in value and "identifiedPeriod" not in value:
        drafts.append(
            _advised("detectedissue-identified", ".identified", "Oppgi når varselet oppsto (identifiedDateTime).")
        )
    if "author" not in value:
        drafts.append(_advised("detectedissue-author", ".author", "Oppgi enheten eller personen som varslet (author)."))
    return drafts or None


def encounter(value: Any, context: Context) -> Drafts:
    """A supervision: whether it was planned or caused by an event."""
    if "reasonCode" in value:
        return None
    return [_advised("encounter-reasoncode", ".reasonCode", "Oppgi om tilsynet var planlagt eller hendelsesbasert.")]


def _note_type(value: dict[str, Any]) -> list[Draft]:
    kind = value.get("type")
    codings = list(_objects(kind.get("coding"))) if type(kind) is dict else []
    for index, coding in enumerate(codings):
        if coding.get("system") == ALERT_CODE:
            path = f".type.coding[{index}].system"
            return [Draft("wrong-system", "composition-type-wrong-system", path=path, found=ALERT_CODE, expected=LOINC)]
    if any(c.get("system") == LOINC and c.get("code") == _NOTE_TYPE for c in codings):
        return []
    found = shown(codings[0].get("code")) if codings else None
    advice = "NHNs veiledning bruker LOINC 34133-9 som type på notatet."
    return [
        Draft(
            "guide",
            "guide-composition-type",
            path=".type",
            found=found,
            expected=f"{LOINC}|{_NOTE_TYPE}",
            advice=advice,
        )
    ]


def _status(status: Any) -> Draft:
    draft = _advised("composition-status", ".status", "Sett status til final når notatet er ferdig.")
    draft.found, draft.expected = None if status is None else shown(status), "final eller amended"
    return draft


def _advised(rule: str, path: str, advice: str) -> Draft:
    return Draft("guide", f"guide-{rule}", path=path, advice=f"{advice} NHNs veiledning anbefaler det.")


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if type(item) is dict] if type(value) is list else []
