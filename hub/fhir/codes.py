"""The code systems of VKP R4 and the measurement codes, as tables of our own, with Norwegian names.

Source: the published VKP R4 code systems v0.9.0 (HL7 Norway), LOINC, SNOMED CT and UCUM codes of the national
guides (shared standards, sections 1 and 4).
"""

from __future__ import annotations

from hub.fhir import measurement_codes

_BASE = "http://ehelse.no/fhir/CodeSystem/vkp-{}-v090"

ALERT_CODE = _BASE.format("alert-code")
CAREPLAN_CATEGORY = _BASE.format("careplan-category")
COMPOSITION_CATEGORY = _BASE.format("composition-category")
COMPOSITION_EVENT = _BASE.format("composition-event")
COMPOSITION_SECTION = _BASE.format("composition-section")
ENCOUNTER_CLASS = _BASE.format("encounter-class")
ENCOUNTER_MODE = _BASE.format("encounter-mode")
ENCOUNTER_REASON = _BASE.format("encounter-reason")
MEDICATIONDISPENSE_EVENTS = _BASE.format("medicationdispense-events")
MESSAGE_EVENT = _BASE.format("message-event")
OPERATION_OUTCOME = _BASE.format("operation-outcome")
SEVERITY_LEVEL = _BASE.format("severity-level")
TRIAGE = _BASE.format("triage")
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
LOINC = measurement_codes.LOINC
SNOMED = measurement_codes.SNOMED
UCUM = measurement_codes.UCUM

SYSTEMS: dict[str, dict[str, str]] = {
    ALERT_CODE: {
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
    },
    CAREPLAN_CATEGORY: {
        "0": "annen type",
        "1": "behandlingsplan",
        "2": "egenbehandlingsplan",
        "3": "besøksplan",
    },
    COMPOSITION_CATEGORY: {"1": "Trygghet og mestring", "2": "Digital hjemmeoppfølging"},
    COMPOSITION_EVENT: {
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
    },
    COMPOSITION_SECTION: {
        "1": "notat",
        "1.1": "beskrivelse av oppfølging",
        "1.2": "beskrivelse av hendelse",
        "1.3": "kommentar",
        "2": "sammenstilt tekst",
    },
    ENCOUNTER_CLASS: {
        "0": "bildetilsyn, anonymisert",
        "1": "bildetilsyn",
        "2": "toveis tale",
        "3": "innlytt, anonymisert",
        "4": "innlytt",
    },
    ENCOUNTER_MODE: {
        "0": "bildetilsyn anonymisert",
        "1": "bildetilsyn",
        "2": "toveis tale",
        "3": "innlytt anonymisert",
        "4": "innlytt",
    },
    ENCOUNTER_REASON: {"1": "planlagt tilsyn", "2": "hendelsesbasert tilsyn"},
    MEDICATIONDISPENSE_EVENTS: {
        "1": "medisin utlevert",
        "1.1": "medisin utlevert uassistert",
        "1.2": "medisin utlevert assistert",
        "1.3": "behovsmedisin utlevert",
        "2": "medisin utlevert reise",
        "2.1": "medisin utlevert reise uassistert",
        "2.2": "medisin utlevert reise assistert",
        "3": "medisin melding til bruker",
    },
    MESSAGE_EVENT: {
        "MedicationDispense": "medisinutlevering",
        "LocationMeasurement": "posisjonsmåling",
        "CameraObservation": "kameratilsyn",
        "PatientComposition": "notat om pasientoppfølging",
    },
    OPERATION_OUTCOME: {
        "1": "forbudt",
        "1.1": "ikke aktiv",
        "1.2": "ikke tillatt",
        "1.3": "ikke oppfylt tjenstlig behov",
        "1.4": "ikke tilgang",
        "1.5": "ikke tilgang",
        "2": "ugyldige data",
        "2.1": "ugyldig personidentifikator",
        "2.2": "ugyldig systemidentifikator",
        "2.3": "ugyldig antall parametere",
        "2.4": "ugyldig format",
        "3": "annen feil",
        "3.1": "time out",
    },
    SEVERITY_LEVEL: {"0": "Ikke rapportert", "10": "Normal", "20": "Moderat", "30": "Alvorlig", "40": "Kritisk"},
    TRIAGE: {
        "R": "rød",
        "O": "oransje",
        "Y": "gul",
        "G": "grønn",
        "B": "blå",
        "BL": "svart",
        "NR": "ikke rapportert",
    },
    ACT_CODE: {
        "VR": "virtuell",
        "HH": "hjemme",
        "AMB": "poliklinisk",
        "FLD": "ute i felt",
        "EMER": "øyeblikkelig hjelp",
    },
    **measurement_codes.SYSTEMS,
}


def name_of(system: str | None, code: str | None) -> str | None:
    """The Norwegian name of `code` in `system`, or None for what no table holds.

    The severity extension is published with its value set's address where the system's belongs; both are known.
    """
    if system is None or code is None:
        return None
    return SYSTEMS.get(canonical_system(system), {}).get(code)


def canonical_system(system: str) -> str:
    """The code system's own address where `system` is that of its VKP value set, else `system` as it is."""
    if system.startswith("http://ehelse.no/fhir/ValueSet/vkp-"):
        return system.replace("/ValueSet/", "/CodeSystem/")
    return system
