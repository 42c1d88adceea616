"""Names in Norwegian of the measurements that welfare technology sends, by LOINC and SNOMED CT, and of UCUM units.

Only names: what a measurement must contain is told by its profile.
"""

from __future__ import annotations

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"

SYSTEMS: dict[str, dict[str, str]] = {
    LOINC: {
        "8867-4": "Puls",
        "85354-9": "Blodtrykk",
        "8480-6": "Systolisk blodtrykk",
        "8462-4": "Diastolisk blodtrykk",
        "2708-6": "Oksygenmetning",
        "59408-5": "Oksygenmetning, pulsoksymeter",
        "15074-8": "Glukose i blod",
        "8310-5": "Kroppstemperatur",
        "29463-7": "Kroppsvekt",
        "29563-7": "Kroppsvekt",  # as printed in the PMD pages
        "8302-2": "Kroppshøyde",
        "39156-5": "Kroppsmasseindeks",
        "9279-1": "Respirasjonsfrekvens",
        "19935-6": "Maksimal utåndingsstrøm (PEF)",
        "20150-9": "Forsert ekspirasjonsvolum (FEV1)",
        "41950-7": "Antall skritt per døgn",
        "85353-1": "Vitale tegn",
        "34133-9": "Sammendrag av en behandlingsepisode",
    },
    SNOMED: {
        "75367002": "Blodtrykk",
        "271649006": "Systolisk blodtrykk",
        "271650006": "Diastolisk blodtrykk",
        "276885007": "Kroppstemperatur",
        "27113001": "Kroppsvekt",
        "364075005": "Puls",
        "431314004": "Oksygenmetning",
        "86290005": "Respirasjonsfrekvens",
        "434912009": "Glukose i blod",
        "50373000": "Kroppshøyde",
        "60621009": "Kroppsmasseindeks",
        "18629005": "Administrering av legemiddel",
    },
    UCUM: {
        "/min": "slag per minutt",
        "{beats}/min": "slag per minutt",
        "{breaths}/min": "pust per minutt",
        "mm[Hg]": "mmHg",
        "Cel": "°C",
        "kg": "kg",
        "g": "g",
        "cm": "cm",
        "m": "m",
        "%": "%",
        "mmol/L": "mmol/L",
        "L": "liter",
        "L/min": "liter per minutt",
        "kg/m2": "kg/m²",
        "s": "sekunder",
        "min": "minutter",
        "h": "timer",
        "d": "dager",
        "1": "",
        "{steps}": "skritt",
    },
    OBSERVATION_CATEGORY: {
        "vital-signs": "vitale tegn",
        "activity": "aktivitet",
        "survey": "kartlegging",
        "exam": "undersøkelse",
        "laboratory": "laboratorieprøve",
        "therapy": "behandling",
        "procedure": "prosedyre",
        "imaging": "bildediagnostikk",
        "social-history": "sosial anamnese",
    },
}

#: English names that senders write beside the codes, so that a text can be compared with its code.
ENGLISH: dict[str, dict[str, str]] = {
    OBSERVATION_CATEGORY: {"vital-signs": "vital signs"},
    LOINC: {
        "8867-4": "heart rate",
        "85354-9": "blood pressure",
        "8480-6": "systolic blood pressure",
        "8462-4": "diastolic blood pressure",
        "2708-6": "oxygen saturation",
        "15074-8": "glucose",
        "8310-5": "body temperature",
        "29463-7": "body weight",
        "8302-2": "body height",
        "9279-1": "respiratory rate",
    },
    SNOMED: {
        "75367002": "blood pressure",
        "271649006": "systolic blood pressure",
        "271650006": "diastolic blood pressure",
        "276885007": "body temperature",
        "27113001": "body weight",
        "364075005": "heart rate",
        "431314004": "oxygen saturation",
        "86290005": "respiratory rate",
    },
}
