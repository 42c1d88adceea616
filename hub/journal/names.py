"""Norwegian names of the codes that a note may show: those of `hub.fhir`, and FHIR's own small code lists here.

Source of the lists: HL7 FHIR R4, https://hl7.org/fhir/R4/terminologies-systems.html.
"""

from __future__ import annotations

from hub.fhir import codes, measurement_codes

#: FHIR's own status and severity codes, which are written without a system.
PLAIN = {
    "registered": "registrert",
    "preliminary": "foreløpig",
    "final": "endelig",
    "amended": "endret",
    "corrected": "rettet",
    "cancelled": "avlyst",
    "entered-in-error": "feilregistrert",
    "unknown": "ukjent",
    "planned": "planlagt",
    "arrived": "ankommet",
    "triaged": "vurdert",
    "in-progress": "pågår",
    "onleave": "midlertidig avbrutt",
    "finished": "avsluttet",
    "preparation": "under klargjøring",
    "on-hold": "på vent",
    "completed": "fullført",
    "stopped": "stanset",
    "declined": "avslått",
    "high": "høy",
    "moderate": "moderat",
    "low": "lav",
}

_HL7 = "http://terminology.hl7.org/CodeSystem/"
_MORE: dict[str, dict[str, str]] = {
    _HL7 + "v3-ObservationInterpretation": {
        "N": "normal",
        "H": "høy",
        "HH": "kritisk høy",
        "L": "lav",
        "LL": "kritisk lav",
        "A": "avvikende",
        "AA": "kritisk avvikende",
        "U": "betydelig økning",
        "D": "betydelig nedgang",
    },
    _HL7 + "data-absent-reason": {
        "unknown": "ukjent",
        "asked-declined": "pasienten ville ikke svare",
        "error": "feil",
        "not-performed": "ikke utført",
        "not-applicable": "ikke aktuelt",
        "temp-unknown": "foreløpig ukjent",
        "masked": "skjermet",
    },
}
_WORDS: dict[tuple[str, str], str] = {(codes.ACT_CODE, "VR"): "virtual"}
_WORDS |= {(s, c): said for s, table in measurement_codes.ENGLISH.items() for c, said in table.items()}


def name_of(system: str, code: str) -> str | None:
    """The Norwegian name of `code` in `system`, or None when we know none."""
    return codes.name_of(system, code) or _MORE.get(system, {}).get(code)


def means(system: str, code: str, said: str) -> bool:
    """Whether `said` is but the English word for what the code means."""
    return _WORDS.get((system, code)) == said.casefold()


def unit(code: str) -> str:
    """A UCUM unit code in the form that people write."""
    return codes.name_of(codes.UCUM, code) or code
