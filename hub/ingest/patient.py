"""Who a message is about. Pure."""

from __future__ import annotations

from hub.ingest.parts import Parts, Resource, identifiers, objects
from hub.model.errors import RejectedMessage
from hub.model.event import Inbound
from hub.model.finding import Finding
from hub.model.person import D_NUMBER, HELP_NUMBER, IDENTITY_NUMBER, PatientRef

_LONGEST_PATIENT = 200
_PREFERRED_SYSTEMS = (IDENTITY_NUMBER, D_NUMBER, HELP_NUMBER)
_PATIENT_FIELDS = ("patient", "subject")


def patient_of(parts: Parts, inbound: Inbound) -> PatientRef:
    """The one patient of all resources; the national number where several are named.

    Raises RejectedMessage when there is none, when two numbers of one system differ, or when one is too long.
    """
    found: dict[str, PatientRef] = {}
    for resource in parts.resources:
        for name in _PATIENT_FIELDS:
            for reference in objects(resource.get(name)):
                if patient := _resolved_patient(reference, resource, parts, inbound):
                    found.setdefault(patient.system, patient)
                    if found[patient.system] != patient:
                        raise RejectedMessage([_ANOTHER_PATIENT])
    if not found:
        raise RejectedMessage([_NO_PATIENT])
    if any(len(p.value) > _LONGEST_PATIENT or len(p.system) > _LONGEST_PATIENT for p in found.values()):
        raise RejectedMessage([_PATIENT_TOO_LONG])
    return next((found[s] for s in _PREFERRED_SYSTEMS if s in found), next(iter(found.values())))


_ANOTHER_PATIENT = Finding(
    severity="error",
    path="Bundle.entry",
    rule="patient-differs",
    advice="Ressursene i meldingen gjelder ulike pasienter. Send én melding per pasient.",
    issue_type="business-rule",
    outcome_code="2.1",
)
_PATIENT_TOO_LONG = Finding(
    severity="error",
    path="$this",
    rule="patient-identifier-too-long",
    advice="Identifikatoren for pasienten er for lang. Grensen er 200 tegn for system og verdi.",
    issue_type="too-long",
    outcome_code="2.1",
)
_NO_PATIENT = Finding(
    severity="error",
    path="$this",
    rule="patient-missing",
    advice="Meldingen sier ikke hvem pasienten er. Oppgi subject eller patient med identifier.",
    issue_type="required",
    outcome_code="2.1",
)


def _resolved_patient(reference: Resource, resource: Resource, parts: Parts, inbound: Inbound) -> PatientRef | None:
    for identifier in objects(reference.get("identifier")):
        if isinstance(value := identifier.get("value"), str) and value:
            return PatientRef(str(identifier.get("system") or ""), value)
    target = reference.get("reference")
    if not isinstance(target, str) or not target:
        return None
    patient = parts.by_url.get(target) or _contained(resource, target)
    if patient is None:
        return PatientRef(f"reference:{inbound.sender}", target)
    known = sorted(identifiers(patient), key=lambda i: _preference(i[0]))
    return PatientRef(known[0][0] or "", known[0][1]) if known else None


def _preference(system: str | None) -> int:
    return _PREFERRED_SYSTEMS.index(system) if system in _PREFERRED_SYSTEMS else len(_PREFERRED_SYSTEMS)


def _contained(resource: Resource, target: str) -> Resource | None:
    if not target.startswith("#"):
        return None
    return next((c for c in objects(resource.get("contained")) if c.get("id") == target[1:]), None)
