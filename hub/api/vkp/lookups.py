"""VKP's look-ups: what may be asked, for whom, and that the patient gets one of the services asked on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fastapi import Request, Response

from hub.api.access import Caller
from hub.api.bodies import Parameters, form_parameters
from hub.api.errors import TooSlow, fault
from hub.api.person import read_person
from hub.api.searchset import Entry, searchset
from hub.api.vkp import answers
from hub.api.vkp.compositions import compositions
from hub.api.vkp.door import Vkp
from hub.api.vkp.period import Period, read_bounds, read_period
from hub.model.clock import OSLO
from hub.model.errors import AccessDenied
from hub.store.register import Registered, Service, everybody, registered


@dataclass(frozen=True, slots=True)
class Asked:
    """A look-up that may be made: where, for whom, on which of the EPJ's services, for what period.

    `is_named` is false for a list, which names no patient.
    """

    municipality: str
    people: tuple[tuple[Registered, tuple[Service, ...]], ...]
    period: Period
    now: datetime
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class Lookup:
    """One look-up: its resource, the parameter that names the patient, whether it must, and how its dates are read."""

    resource_type: str
    person: str
    answer: Callable[[Vkp, Asked], Awaitable[list[Entry]]]
    needs_person: bool = True
    period: Callable[[Sequence[str], datetime], Period] | None = None


async def _patients(vkp: Vkp, asked: Asked) -> list[Entry]:
    return [answers.patient(person) for person, _ in asked.people]


async def _episodes(vkp: Vkp, asked: Asked) -> list[Entry]:
    found = [answers.episode(p, s, asked.municipality) for p, services in asked.people for s in services]
    return [*found, *(answers.patient(person, mode="include") for person, _ in asked.people)]


async def _careplans(vkp: Vkp, asked: Asked) -> list[Entry]:
    found = [answers.careplan(p, asked.period, asked.now) for p, _ in asked.people if p.visits]
    return [*found, *(answers.patient(person, mode="include") for person, _ in asked.people)]


async def _conditions(vkp: Vkp, asked: Asked) -> list[Entry]:
    return [answers.condition(p, i) for p, _ in asked.people for i in range(len(p.conditions))]


async def _medications(vkp: Vkp, asked: Asked) -> list[Entry]:
    return [answers.medication(p, i) for p, _ in asked.people for i in range(len(p.medications))]


async def _allergies(vkp: Vkp, asked: Asked) -> list[Entry]:
    return [answers.allergy(p, i) for p, _ in asked.people for i in range(len(p.allergies))]


async def _compositions(vkp: Vkp, asked: Asked) -> list[Entry]:
    (person, _), *_ = asked.people
    return await compositions(vkp, person, asked.municipality, asked.period)


def _visits(dates: Sequence[str], now: datetime) -> Period:
    """Visits are worked out for as long as is asked, so that has a limit."""
    return read_period(dates, now=now)


def _written(dates: Sequence[str], now: datetime) -> Period:
    """What was written is there, however long ago."""
    return read_bounds(dates)


LOOKUPS: Mapping[str, Lookup] = {
    "patient": Lookup("Patient", "identifier", _patients, needs_person=False),
    "episodeofcare": Lookup("EpisodeOfCare", "patient.identifier", _episodes, needs_person=False),
    "careplan": Lookup("CarePlan", "patient.identifier", _careplans, period=_visits),
    "composition": Lookup("Composition", "patient.identifier", _compositions, period=_written),
    "condition": Lookup("Condition", "patient.identifier", _conditions),
    "medicationstatement": Lookup("MedicationStatement", "patient.identifier", _medications),
    "allergyintolerance": Lookup("AllergyIntolerance", "identifier", _allergies),
}


async def look_up(vkp: Vkp, request: Request, caller: Caller, *, municipality: str, name: str) -> Response:
    """The answer to a look-up. Raises AccessDenied, RejectedMessage, TooSlow."""
    vkp.authorisations.check_sender(municipality, caller)
    vkp.authorisations.check_open(municipality, name)
    codes = vkp.authorisations.service_codes(",".join(request.headers.getlist("servicecodes")), municipality, caller)
    given = await form_parameters(request)
    try:
        async with asyncio.timeout(vkp.timeout_s):
            asked = await _asked(vkp, LOOKUPS[name], given, municipality=municipality, codes=codes)
            found = await LOOKUPS[name].answer(vkp, asked)
    except TimeoutError as error:
        raise TooSlow("the register did not answer in time") from error
    answer = searchset(found, total=sum(entry.mode == "match" for entry in found))
    if asked.is_named:
        sender, code = caller.vkp_id or caller.client_id, codes[0] if codes else ""
        (person, _), *_ = asked.people
        await vkp.meter.read(
            person, municipality=municipality, sender=sender, code=code, size=len(answer.body), at=asked.now
        )
    return answer


async def _asked(vkp: Vkp, lookup: Lookup, given: Parameters, *, municipality: str, codes: tuple[str, ...]) -> Asked:
    given.only(lookup.person, *(("date",) if lookup.period else ()))
    named = given.one(lookup.person)
    now = vkp.clock.now()
    period = (lookup.period or _written)(given.all("date"), now)
    if named is None and lookup.needs_person:
        raise fault("2.3", f"Oppslaget må ha parameteren {lookup.person}.", rule="patient-parameter-missing")
    today = now.astimezone(OSLO).date()
    means = vkp.authorisations.means(municipality, codes)

    def active(person: Registered) -> tuple[Service, ...]:
        return active_services(person, means.match, today)

    if named is None:
        async with vkp.engines.reading() as connection:
            people = await everybody(connection, municipality)
        found = tuple((person, services) for person in people if (services := active(person)))
        return Asked(municipality, found, period, now, is_named=False)
    person = await _person(vkp, named, municipality)
    if person is None or not active(person):
        text = "Pasienten har ingen aktiv tjeneste i kommunen blant dem som oppslaget gjøres på."
        raise AccessDenied(text, code="1.3")
    return Asked(municipality, ((person, active(person)),), period, now)


def active_services(person: Registered, means: Callable[[str], object], today: date) -> tuple[Service, ...]:
    """The services that `person` gets on `today` and whose code `means` one that was asked on."""
    return tuple(s for s in person.services if s.is_active(today) and means(s.code))


async def _person(vkp: Vkp, named: str, municipality: str) -> Registered | None:
    system, value = read_person(named, mode=vkp.trust.mode)
    async with vkp.engines.reading() as connection:
        return await registered(connection, municipality, system=system, value=value)
