"""The note's title: what happened, and for an alert how far it has come."""

from __future__ import annotations

from collections.abc import Sequence

from hub.journal import alert, composition, dispense, encounter, observation
from hub.journal.elements import Element, objects, text
from hub.journal.reading import Reading
from hub.model.case import CaseHistory
from hub.model.codes import SERVICE_NAMES, EventKind, ServiceCode

_MOST_NAMED = 4
_ACKNOWLEDGED = "3"
_REPORTED = frozenset({"0", ""})


def title(case: CaseHistory, readings: Sequence[Reading]) -> str:
    """The title of a case, from the readings of its current messages."""
    words = _TITLES[case.kind](case, readings)
    words = words[:1].upper() + words[1:]
    return f"Feilregistrert av avsender: {words}" if _withdrawn(case, readings) else words


def followed_up_late(case: CaseHistory, readings: Sequence[Reading]) -> bool:
    """Whether anything was done about the alert after it was escalated: a step, an encounter, a measure or a note."""
    limit = case.not_acknowledged_at
    late = [r for r in readings if limit is not None and r.message.registered_at >= limit]
    return bool(_steps(late) - _REPORTED) or _worked_on(late)


def _steps(readings: Sequence[Reading]) -> set[str]:
    return {step for r in readings for c in r.of_type("Composition") for step in composition.steps(c)}


def _worked_on(readings: Sequence[Reading]) -> bool:
    return any(
        r.of_type("Encounter")
        or any(objects(d.get("mitigation")) for d in r.of_type("DetectedIssue"))
        or any(composition.has_note(c) for c in r.of_type("Composition"))
        for r in readings
    )


def _state(case: CaseHistory, readings: Sequence[Reading]) -> str:
    steps = _steps(readings)
    more = bool(steps - _REPORTED - {_ACKNOWLEDGED}) or _worked_on(readings)
    if _ACKNOWLEDGED in steps:
        return "fulgt opp og kvittert" if more else "kvittert"
    if case.not_acknowledged_at and not followed_up_late(case, readings):
        return "ikke kvittert"
    return "fulgt opp" if more else "meldt"


def _alert(case: CaseHistory, readings: Sequence[Reading]) -> str:
    service = _service(case)
    first = next((d for r in readings for d in r.of_type("DetectedIssue")), None)
    called = alert.title(first, service) if first else service
    return f"{called} – {_state(case, readings)}"


def _dispense(case: CaseHistory, readings: Sequence[Reading]) -> str:
    names = [dispense.title(d) for r in readings for d in r.of_type("MedicationDispense")]
    return _listing(names) or "Medisin utlevert"


def _supervision(case: CaseHistory, readings: Sequence[Reading]) -> str:
    names = [encounter.title(e) for r in readings for e in r.of_type("Encounter")]
    return _listing(names) or "Tilsyn"


def _measurement(case: CaseHistory, readings: Sequence[Reading]) -> str:
    names = [observation.title(o) for r in readings for o in r.of_type("Observation")]
    forms = any(r.of_type("QuestionnaireResponse") for r in readings)
    where = "" if case.service_code is ServiceCode.LOCATION else " hjemme"
    measured = f"{_listing(names)} målt{where}" if names else ""
    return " og ".join(w for w in (measured, "skjema besvart" if forms else "") if w) or "Måling"


def _note(case: CaseHistory, readings: Sequence[Reading]) -> str:
    titles = (text(c.get("title")) for r in readings for c in r.of_type("Composition"))
    return next((t for t in titles if t), "") or f"Notat – {_service(case)}"


def _service(case: CaseHistory) -> str:
    return "Varsel" if case.service_code is ServiceCode.OTHER else SERVICE_NAMES[case.service_code]


def _listing(names: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(names))
    more = len(distinct) - _MOST_NAMED
    shown = [*distinct[:1], *(_lower(n) for n in distinct[1:_MOST_NAMED])]
    if more > 0:
        shown.append(f"{more} til")
    return f"{', '.join(shown[:-1])} og {shown[-1]}" if len(shown) > 1 else "".join(shown)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


_TITLES = {
    EventKind.ALERT: _alert,
    EventKind.DISPENSE: _dispense,
    EventKind.SUPERVISION: _supervision,
    EventKind.MEASUREMENT: _measurement,
    EventKind.NOTE: _note,
}
_MAIN = {
    EventKind.ALERT: ("DetectedIssue",),
    EventKind.DISPENSE: ("MedicationDispense",),
    EventKind.SUPERVISION: ("Encounter",),
    EventKind.MEASUREMENT: ("Observation", "QuestionnaireResponse"),
    EventKind.NOTE: ("Composition",),
}


def _withdrawn(case: CaseHistory, readings: Sequence[Reading]) -> bool:
    main: list[Element] = [e for r in readings for kind in _MAIN[case.kind] for e in r.of_type(kind)]
    return bool(main) and all(e.get("status") == "entered-in-error" for e in main)
