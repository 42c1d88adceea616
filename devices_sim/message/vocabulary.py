"""Addresses and names of the code tables that senders use. Source: VKP R4 v0.9.0 (HL7 Norway)."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_BASE = "http://ehelse.no/fhir"
ALERT = f"{_BASE}/CodeSystem/vkp-alert-code-v090"
COMPOSITION_EVENT = f"{_BASE}/CodeSystem/vkp-composition-event-v090"
COMPOSITION_CATEGORY = f"{_BASE}/CodeSystem/vkp-composition-category-v090"
COMPOSITION_SECTION = f"{_BASE}/CodeSystem/vkp-composition-section-v090"
ENCOUNTER_MODE = f"{_BASE}/CodeSystem/vkp-encounter-mode-v090"
ENCOUNTER_REASON = f"{_BASE}/CodeSystem/vkp-encounter-reason-v090"
DISPENSE_EVENT = f"{_BASE}/CodeSystem/vkp-medicationdispense-events-v090"
SEVERITY_EXTENSION = f"{_BASE}/StructureDefinition/vkp-severity-level-v090"
#: The profile fixes the coding's system to the value set's address, as published.
SEVERITY = f"{_BASE}/ValueSet/vkp-severity-level-v090"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
URI = "urn:ietf:rfc:3986"

#: The simulated vendors' own numbering of equipment and operators (example domains).
DEVICE_NUMBER = "https://utstyr.acme.example/serienummer"
CLOUD_NUMBER = "https://sky.acme.example/hendelse"
OPERATOR = "https://responssenter.example/operator"

ALERT_NAMES = {
    "1": "Elektronisk medisineringsstøtte",
    "1.1": "Ikke utlevert",
    "1.2": "Utlevering forhindret av medisinmangel",
    "1.3": "Mangler utleveringsbekreftelse",
    "1.4": "Melding ikke lest",
    "1.5": "Teknisk feil",
    "1.6": "Pose ikke lest",
    "1.7": "Feil ved rull",
    "1.8": "Rull sitter fast",
    "1.9": "Full skuff",
    "1.10": "Medisin venter",
    "1.11": "Mangler tilstrekkelig mengde medisin",
    "1.12": "Snart tomt for medisin",
    "1.13": "Tomt for medisin",
    "1.14": "Mangler tidsplan",
    "1.15": "Endringskontroll av medisinplan",
    "1.16": "Rull behandlet",
    "1.17": "Batteri lavt",
    "1.18": "Batteri tomt",
    "1.19": "Ikke tilkoblet strøm",
    "1.20": "Ingen kontakt",
    "1.21": "Dispenser åpen",
    "1.22": "Innbrudd",
    "1.23": "Dosett feilplassert",
    "2": "Lokaliseringsteknologi",
    "3": "Trygghetsalarm",
    "4": "Digitalt tilsyn",
    "4.1": "Fall",
    "4.2": "Forlatt sengen",
    "4.3": "Satt seg opp seng",
    "4.4": "Reist seg fra stol",
    "4.5": "Kommet inn rom",
    "4.6": "Forlatt rom",
    "4.7": "Uventet langt opphold",
    "4.8": "Aktivitet rom",
    "4.9": "Inaktivitet",
    "4.10": "Høyt lydnivå",
    "4.11": "Brannalarm",
    "4.12": "Fravær",
    "4.13": "Knappetrykk",
    "4.14": "Snortrekk",
    "4.15": "Dør åpnet",
    "4.16": "Dør lukket",
    "4.17": "Vannalarm",
    "4.18": "Bevegelse",
    "4.19": "Manglende bevegelse",
    "4.20": "Lagt seg seng",
    "4.21": "Forlatt bolig",
    "4.22": "Mislykket brukeranrop",
    "4.23": "Inaktivitet bad",
    "4.24": "Epilepsi",
    "4.25": "Hendelsesbasert kameratilsyn",
    "4.26": "Planlagt kameratilsyn",
    "5": "Digital hjemmeoppfølging",
    "5.1": "Oppsummerende varsel",
    "5.2": "Handling utført",
    "5.2.1": "Måledata rapportert",
    "5.2.2": "Skjemabesvarelse",
    "5.2.3": "Annen handling utført",
    "5.3": "Inaktiv pasient",
    "5.3.1": "Manglende skjemabesvarelse",
    "5.3.2": "Måling ikke rapportert",
    "6": "Elektronisk dørlås",
    "7": "Sykesignalanlegg",
    "7.1": "Inkontinens",
}
STEP_NAMES = {
    "0": "hendelse meldt",
    "1": "hendelse behandles",
    "3": "hendelse kvittert",
    "4": "hendelse til utrykning",
    "5": "hendelse ok utrykning",
    "6": "årsak",
    "7": "tiltak",
    "8": "samtale",
    "9": "aksjon",
    "10": "annen aktør",
}
SECTION_NAMES = {
    "1": "notat",
    "1.1": "beskrivelse av oppfølging",
    "1.2": "beskrivelse av hendelse",
    "1.3": "kommentar",
    "2": "sammenstilt tekst",
}
MODE_NAMES = {
    "0": "bildetilsyn anonymisert",
    "1": "bildetilsyn",
    "2": "toveis tale",
    "3": "innlytt anonymisert",
    "4": "innlytt",
}
REASON_NAMES = {"1": "planlagt tilsyn", "2": "hendelsesbasert tilsyn"}
DISPENSE_NAMES = {
    "1": "medisin utlevert",
    "1.1": "medisin utlevert uassistert",
    "1.2": "medisin utlevert assistert",
    "1.3": "behovsmedisin utlevert",
    "2": "medisin utlevert reise",
    "2.1": "medisin utlevert reise uassistert",
    "2.2": "medisin utlevert reise assistert",
    "3": "medisin melding til bruker",
}
CATEGORY_NAMES = {"1": "Trygghet og mestring", "2": "Digital hjemmeoppfølging"}
SEVERITY_NAMES = {0: "Ikke rapportert", 10: "Normal", 20: "Moderat", 30: "Alvorlig", 40: "Kritisk"}


def coded(system: str, code: str, display: str) -> Json:
    """A CodeableConcept of one coding."""
    return {"coding": [{"system": system, "code": code, "display": display}]}


def profile(name: str) -> Json:
    """The `meta` of a resource that follows the VKP profile `name`."""
    return {"profile": [f"{_BASE}/StructureDefinition/vkp-{name}-v090"]}
