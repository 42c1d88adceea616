"""The register's people and services as R4 resources, valid by the national profiles. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import orjson

from hub.api.searchset import Entry
from hub.api.vkp.period import Period
from hub.fhir.codes import CAREPLAN_CATEGORY
from hub.fhir.profiles import addresses as at
from hub.model.clock import OSLO
from hub.model.person import ORGANISATION_NUMBER
from hub.store.register import Coded, Registered, Service, Visit

#: The EPJ's own codes have no published system; this is ours.
EPJ_SERVICE = "urn:knutepunkt:epj-service-code"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/{}"
_NAMESPACE = uuid.UUID("6e1a4a6e-8c0b-5d0a-9b53-0f2f7c1f0c11")
_MOST_VISITS = 2_000

Resource = dict[str, Any]


def _entry(resource: Resource, mode: Literal["match", "include"] = "match") -> Entry:
    return Entry(f"urn:uuid:{resource['id']}", orjson.dumps(resource), mode)


def _id(person: Registered, kind: str, name: object) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{person.id}/{kind}/{name}"))


def _reference(person: Registered) -> Resource:
    system, value = person.identifiers[0]
    return {
        "reference": f"urn:uuid:{person.id}",
        "type": "Patient",
        "identifier": {"system": system, "value": value},
        "display": f"{person.given} {person.family}",
    }


def patient(person: Registered, *, mode: Literal["match", "include"] = "match") -> Entry:
    """The patient with zone, household and lock."""
    resource: Resource = {
        "resourceType": "Patient",
        "id": person.id,
        "meta": {"profile": [at.PATIENT]},
        "extension": [
            {"url": at.SONE, "valueString": person.zone},
            {"url": at.HOUSEHOLD, "valueString": person.household},
        ],
        "identifier": [{"system": system, "value": value} for system, value in person.identifiers],
        "active": True,
        "name": [{"use": "official", "family": person.family, "given": person.given.split()}],
        "gender": person.gender,
        "birthDate": person.born.isoformat(),
        "address": [_address(person)],
    }
    if person.phone:
        resource["telecom"] = [{"system": "phone", "value": person.phone, "use": "home"}]
    return _entry(resource, mode)


def _address(person: Registered) -> Resource:
    home = person.address
    told: Resource = {
        "use": "home",
        "line": [home.line],
        "city": home.city,
        "postalCode": home.postal_code,
        "country": "NO",
    }
    if home.lock:
        told["extension"] = [{"url": at.ELOCK, "valueString": home.lock}]
    if home.hint:
        told["_line"] = [{"extension": [{"url": at.ADDITIONAL_LOCATOR, "valueString": home.hint}]}]
    return told


def episode(person: Registered, service: Service, municipality: str) -> Entry:
    """A service that the person gets, with the EPJ's own code of it."""
    period = {"start": service.since.isoformat()} | ({"end": service.until.isoformat()} if service.until else {})
    number = _id(person, "EpisodeOfCare", f"{service.code}/{service.since}")
    return _entry(
        {
            "resourceType": "EpisodeOfCare",
            "id": number,
            "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{number}"}],
            "status": "active",
            "type": [
                {
                    "coding": [{"system": EPJ_SERVICE, "code": service.code, "display": service.name}],
                    "text": service.name,
                }
            ],
            "patient": _reference(person),
            "managingOrganization": {"identifier": {"system": ORGANISATION_NUMBER, "value": municipality}},
            "period": period,
        }
    )


def careplan(person: Registered, period: Period, now: datetime) -> Entry:
    """The plan of visits within `period`: those that are over are completed, the rest scheduled."""
    plan: Resource = {
        "resourceType": "CarePlan",
        "id": _id(person, "CarePlan", "visits"),
        "meta": {"profile": [at.CAREPLAN]},
        "status": "active",
        "intent": "plan",
        "category": [{"coding": [{"system": CAREPLAN_CATEGORY, "code": "3"}], "text": "besøksplan"}],
        "title": "Besøksplan",
        "subject": _reference(person),
        "period": {"start": _utc(period.start), "end": _utc(period.end)},
    }
    activities = [_activity(visit, start, now) for start, visit in visits_in(person, period)]
    return _entry(plan | ({"activity": activities} if activities else {}))


def visits_in(person: Registered, period: Period) -> list[tuple[datetime, Visit]]:
    """The visits that begin within `period`, in order; 2,000 at the most."""
    return sorted(_visits(person, period), key=lambda found: found[0])[:_MOST_VISITS]


def _visits(person: Registered, period: Period) -> Iterator[tuple[datetime, Visit]]:
    day, last = period.start.astimezone(OSLO).date(), period.end.astimezone(OSLO).date()
    began = min((service.since for service in person.services), default=day)
    while day <= last:
        for visit in person.visits:
            start = datetime(day.year, day.month, day.day, visit.hour, visit.minute, tzinfo=OSLO).astimezone(UTC)
            if day >= began and day.weekday() in visit.weekdays and start in period:
                yield start, visit
        day += timedelta(days=1)


def _activity(visit: Visit, start: datetime, now: datetime) -> Resource:
    end = start + timedelta(minutes=visit.minutes)
    return {
        "detail": {
            "extension": [{"url": at.DETAIL_HEADER, "valueString": visit.title}],
            "kind": "Appointment",
            "status": "completed" if end <= now else "scheduled",
            "scheduledPeriod": {"start": _local(start), "end": _local(end)},
            "description": visit.description,
        }
    }


def condition(person: Registered, number: int) -> Entry:
    """One of the person's conditions."""
    said = person.conditions[number]
    return _entry(
        {
            "resourceType": "Condition",
            "id": _id(person, "Condition", number),
            "clinicalStatus": _status("condition-clinical"),
            "verificationStatus": _status("condition-ver-status", "confirmed"),
            "code": _concept(said),
            "subject": _reference(person),
            "recordedDate": said.since.isoformat(),
        }
    )


def allergy(person: Registered, number: int) -> Entry:
    """One of the person's allergies."""
    said = person.allergies[number]
    return _entry(
        {
            "resourceType": "AllergyIntolerance",
            "id": _id(person, "AllergyIntolerance", number),
            "clinicalStatus": _status("allergyintolerance-clinical"),
            "verificationStatus": _status("allergyintolerance-verification", "confirmed"),
            "code": _concept(said),
            "patient": _reference(person),
            "recordedDate": said.since.isoformat(),
        }
    )


def medication(person: Registered, number: int) -> Entry:
    """One of the medicines that the person uses."""
    said = person.medications[number]
    return _entry(
        {
            "resourceType": "MedicationStatement",
            "id": _id(person, "MedicationStatement", number),
            "status": "active",
            "medicationCodeableConcept": _concept(said.medicine),
            "subject": _reference(person),
            "effectivePeriod": {"start": said.medicine.since.isoformat()},
            "dosage": [{"text": said.dosage}],
        }
    )


def _status(system: str, code: str = "active") -> Resource:
    return {"coding": [{"system": _CLINICAL.format(system), "code": code}]}


def _concept(said: Coded) -> Resource:
    return {"coding": [{"system": said.system, "code": said.code, "display": said.text}], "text": said.text}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _local(moment: datetime) -> str:
    return moment.astimezone(OSLO).isoformat(timespec="seconds")
