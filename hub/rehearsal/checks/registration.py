"""Is the sender registered for the municipality, and are the service codes mapped?"""

from __future__ import annotations

from hub.model.codes import SERVICE_NAMES, Route, ServiceCode
from hub.rehearsal.checks.outcome import Outcome
from hub.rehearsal.checks.trial import Trial
from hub.rehearsal.results import Said, failed, passed
from hub.rehearsal.surroundings import Registration

_ENGLISH = {
    ServiceCode.RESPONSE: "response service",
    ServiceCode.SAFETY_ALARM: "safety alarm",
    ServiceCode.LOCATION: "location technology",
    ServiceCode.MEDICATION: "medication dispenser",
    ServiceCode.DIGITAL_SUPERVISION: "digital supervision",
    ServiceCode.REMOTE_MONITORING: "remote follow-up",
    ServiceCode.OTHER: "other",
}


async def sender_registered(trial: Trial) -> Outcome:
    """Whether the hub knows the municipality, its EPJ, and at least one sender that may send for it."""
    found = trial.registration()
    if found is None:
        return Outcome((failed(_how_to_add(trial.municipality, "nb"), _how_to_add(trial.municipality, "en")),))
    where = "simulert" if found.is_simulated else "kommunens egen"
    where_en = "simulated" if found.is_simulated else "the municipality's own"
    said = [
        passed(f"{found.name} er satt opp i knutepunktet.", f"{found.name} is set up in the hub."),
        passed(f"EPJ: {found.epj} ({where}).", f"EHR: {found.epj} ({where_en})."),
        *(_sender(sender.id, sender.service_codes) for sender in found.senders),
    ]
    if not found.senders:
        said.append(failed("Ingen avsender er registrert for kommunen.", "No sender is registered for it."))
    return Outcome(tuple(said))


def _sender(name: str, codes: tuple[ServiceCode, ...]) -> Said:
    if not codes:
        return failed(f"{name} har ingen tillatte tjenester.", f"{name} has no services that it may send for.")
    nb = ", ".join(f"{SERVICE_NAMES[code].lower()} ({code.value})" for code in codes)
    en = ", ".join(f"{_ENGLISH[code]} ({code.value})" for code in codes)
    return passed(f"{name} kan sende for {nb}.", f"{name} may send for {en}.")


def _how_to_add(municipality: str, language: str) -> str:
    lines = f'[[municipality]] organisation_number = "{municipality}" … [[sender]] municipality = "{municipality}" …'
    if language == "en":
        return f"The municipality is not in the configuration. Add it with its sender and restart: {lines}"
    return f"Kommunen står ikke i konfigurasjonen. Legg den inn med avsender og start på nytt: {lines}"


async def services_mapped(trial: Trial) -> Outcome:
    """Whether every service that a sender may send for has alert codes and a code in the EPJ, and alerts have a way."""
    found = trial.registration()
    if found is None:
        return Outcome((failed("Kommunen er ikke satt opp i knutepunktet.", "The municipality is not set up."),))
    codes = sorted({code for sender in found.senders for code in sender.service_codes})
    said = [_mapping(found, code) for code in codes]
    if not codes:
        said.append(failed("Ingen tjenester er tillatt for noen avsender.", "No sender may send for any service."))
    return Outcome((*said, _alerts(found)))


def _mapping(found: Registration, code: ServiceCode) -> Said:
    nb, en = f"{SERVICE_NAMES[code]} ({code.value})", f"{_ENGLISH[code].capitalize()} ({code.value})"
    patterns = ", ".join(found.epj_codes.get(code.value, ()))
    if not patterns:
        return failed(f"{nb} har ingen tjenestekode i EPJ.", f"{en} has no service code in the EHR.")
    if code.value in found.unmapped_codes:
        return failed(f"{nb}: ingen varselkoder hører til tjenesten.", f"{en}: no alert codes belong to it.")
    return passed(f"{nb} er koblet til EPJ-ens kode {patterns}.", f"{en} is mapped to the EHR's code {patterns}.")


def _alerts(found: Registration) -> Said:
    if found.alert_route is Route.NONE:
        return failed("Varsler sendes ingen steder.", "Alerts are sent nowhere.")
    ways = {
        Route.EPJ: ("rett til EPJ", "straight to the EHR"),
        Route.RESPONSE_CENTRE: ("til responssenteret, og til EPJ når de er fulgt opp", "to the response centre first"),
        Route.EPJ_WHEN_FOLLOWED_UP: ("til EPJ når de er fulgt opp", "to the EHR once they are followed up"),
    }
    nb, en = ways[found.alert_route]
    return passed(f"Varsler går {nb}.", f"Alerts go {en}.")
