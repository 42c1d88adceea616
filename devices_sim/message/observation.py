"""Measurements as Observations, in the codes of VKP's Observation profiles (SNOMED CT) and of LOINC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devices_sim.message import vocabulary as v
from devices_sim.message.resources import DEVICE_REFERENCE, PATIENT, URN, device_reference, patient
from devices_sim.message.template import JSON, SLOT, Json, Template
from devices_sim.message.vocabulary import coded

if TYPE_CHECKING:
    from devices_sim.happening import Happening, Reading


@dataclass(frozen=True, slots=True)
class Part:
    """One number of a measurement: name, codes (SNOMED CT may be missing), UCUM unit, decimals."""

    name: str
    snomed: str | None
    loinc: str
    unit: str
    ucum: str
    decimals: int = 0

    @property
    def code(self) -> Json:
        """The CodeableConcept, SNOMED CT first."""
        codings = [{"system": v.LOINC, "code": self.loinc, "display": self.name}]
        if self.snomed:
            codings.insert(0, {"system": v.SNOMED, "code": self.snomed, "display": self.name})
        return {"coding": codings, "text": self.name}


@dataclass(frozen=True, slots=True)
class Measure:
    """A measurement of one part, or of several under a common code (blood pressure)."""

    profile: str
    whole: Part
    parts: tuple[Part, ...] = ()

    @property
    def numbers(self) -> tuple[Part, ...]:
        """What each of a reading's values is."""
        return self.parts or (self.whole,)


_EHELSE = "http://ehelse.no/fhir/StructureDefinition/vkp-Observation"
_HL7 = "http://hl7.no/fhir/StructureDefinition/vkp-Observation"
#: Source: VKP R4 v0.9.0 Observation profiles (SNOMED CT); LOINC as the PMD pages give it.
MEASURES = {
    "blood_pressure": Measure(
        f"{_EHELSE}-Bloodpressure-v090",
        Part("Blodtrykk", "75367002", "85354-9", "mmHg", "mm[Hg]"),
        (
            Part("Systolisk blodtrykk", "271649006", "8480-6", "mmHg", "mm[Hg]"),
            Part("Diastolisk blodtrykk", "271650006", "8462-4", "mmHg", "mm[Hg]"),
        ),
    ),
    "pulse": Measure(f"{_HL7}-Heartrate-v090", Part("Puls", "364075005", "8867-4", "slag/min", "/min")),
    "oxygen_saturation": Measure(f"{_HL7}-Oxygensat-v090", Part("Oksygenmetning", "431314004", "2708-6", "%", "%")),
    "weight": Measure(f"{_HL7}-Bodyweight-v090", Part("Kroppsvekt", "27113001", "29463-7", "kg", "kg", 1)),
    "temperature": Measure(f"{_HL7}-Bodytemp-v090", Part("Kroppstemperatur", "276885007", "8310-5", "°C", "Cel", 1)),
    "glucose": Measure(f"{_EHELSE}-v090", Part("Blodsukker", None, "15074-8", "mmol/L", "mmol/L", 1)),
}
_VITAL = coded("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs", "Vital Signs")


def _quantity(part: Part) -> Json:
    """A value with its unit, the number to be filled in."""
    return {"value": JSON, "unit": part.unit, "system": v.UCUM, "code": part.ucum}


def _template(measure: Measure) -> Template:
    resource: Json = {
        "resourceType": "Observation",
        "meta": {"profile": [measure.profile]},
        "identifier": [URN],
        "status": "final",
        "category": [_VITAL],
        "code": measure.whole.code,
        "subject": PATIENT,
        "effectiveDateTime": SLOT,
        "device": DEVICE_REFERENCE,
    }
    if measure.parts:
        resource["component"] = [{"code": p.code, "valueQuantity": _quantity(p)} for p in measure.parts]
    else:
        resource["valueQuantity"] = _quantity(measure.whole)
    return Template(resource)


_TEMPLATES = {name: _template(measure) for name, measure in MEASURES.items()}


def observation(happening: Happening, reading: Reading, uuid: str) -> str:
    """One measurement, single or with components."""
    measure = MEASURES[reading.measure]
    numbers = (_number(p, value) for p, value in zip(measure.numbers, reading.values, strict=True))
    who, device = patient(happening.resident), device_reference(happening)
    return _TEMPLATES[reading.measure].fill(uuid, *who, happening.stated(), *device, *numbers)


def _number(part: Part, value: float) -> str:
    return repr(round(value, part.decimals)) if part.decimals else str(round(value))


def said_by(reading: Reading) -> tuple[str, ...]:
    """What is measured, and its numbers as the message has them."""
    measure = MEASURES[reading.measure]
    return (measure.whole.name, *map(_number, measure.numbers, reading.values))


def reading_text(reading: Reading) -> str:
    """A reading as a person writes it: `Blodtrykk 142/83 mmHg`."""
    measure = MEASURES[reading.measure]
    part = measure.numbers[0]
    numbers = "/".join(f"{value:.{part.decimals}f}".replace(".", ",") for value in reading.values)
    return f"{measure.whole.name} {numbers} {part.unit}"
