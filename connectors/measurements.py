"""Measurements in the words of the field, and the codes that they are sent with.

Source: VKP R4 v0.9.0 Observation profiles (SNOMED CT), LOINC and UCUM as NHN's pages on PMD give them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

Number = int | float | Decimal

_EHELSE = "http://ehelse.no/fhir/StructureDefinition/vkp-Observation"
_HL7 = "http://hl7.no/fhir/StructureDefinition/vkp-Observation"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a measurement: name, codes (SNOMED CT may be missing), unit for people, UCUM unit."""

    name: str
    snomed: str | None
    loinc: str
    unit: str
    ucum: str


@dataclass(frozen=True, slots=True)
class MeasurementShape:
    """What a kind of measurement consists of: `whole` alone, or `parts` under it. `profile` is VKP's address."""

    profile: str
    whole: Quantity
    parts: tuple[Quantity, ...] = ()


class MeasurementKind(Enum):
    """The kinds of measurement that the SDK knows."""

    BLOOD_PRESSURE = MeasurementShape(
        f"{_EHELSE}-Bloodpressure-v090",
        Quantity("Blodtrykk", "75367002", "85354-9", "mmHg", "mm[Hg]"),
        (
            Quantity("Systolisk blodtrykk", "271649006", "8480-6", "mmHg", "mm[Hg]"),
            Quantity("Diastolisk blodtrykk", "271650006", "8462-4", "mmHg", "mm[Hg]"),
        ),
    )
    PULSE = MeasurementShape(f"{_HL7}-Heartrate-v090", Quantity("Puls", "364075005", "8867-4", "slag/min", "/min"))
    OXYGEN_SATURATION = MeasurementShape(
        f"{_HL7}-Oxygensat-v090", Quantity("Oksygenmetning", "431314004", "2708-6", "%", "%")
    )
    WEIGHT = MeasurementShape(f"{_HL7}-Bodyweight-v090", Quantity("Kroppsvekt", "27113001", "29463-7", "kg", "kg"))
    TEMPERATURE = MeasurementShape(
        f"{_HL7}-Bodytemp-v090", Quantity("Kroppstemperatur", "276885007", "8310-5", "°C", "Cel")
    )
    GLUCOSE = MeasurementShape(f"{_EHELSE}-v090", Quantity("Blodsukker", None, "15074-8", "mmol/L", "mmol/L"))
    RESPIRATION = MeasurementShape(
        f"{_EHELSE}-v090", Quantity("Respirasjonsfrekvens", "86290005", "9279-1", "pust/min", "/min")
    )


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured value, or the values of a measurement's parts in order. Decimals keep the digits they are given."""

    kind: MeasurementKind
    values: tuple[Decimal, ...]


def blood_pressure(systolic: Number, diastolic: Number) -> Measurement:
    """A blood pressure in mmHg."""
    return _measured(MeasurementKind.BLOOD_PRESSURE, systolic, diastolic)


def pulse(per_minute: Number) -> Measurement:
    """A heart rate in beats per minute."""
    return _measured(MeasurementKind.PULSE, per_minute)


def oxygen_saturation(percent: Number) -> Measurement:
    """An oxygen saturation in per cent."""
    return _measured(MeasurementKind.OXYGEN_SATURATION, percent)


def weight(kilograms: Number) -> Measurement:
    """A body weight in kilograms."""
    return _measured(MeasurementKind.WEIGHT, kilograms)


def temperature(celsius: Number) -> Measurement:
    """A body temperature in degrees Celsius."""
    return _measured(MeasurementKind.TEMPERATURE, celsius)


def glucose(mmol_per_litre: Number) -> Measurement:
    """A blood glucose in mmol per litre."""
    return _measured(MeasurementKind.GLUCOSE, mmol_per_litre)


def respiration(per_minute: Number) -> Measurement:
    """A respiratory rate in breaths per minute."""
    return _measured(MeasurementKind.RESPIRATION, per_minute)


def _measured(kind: MeasurementKind, *values: Number) -> Measurement:
    decimals = tuple(v if isinstance(v, Decimal) else Decimal(str(v)) for v in values)
    if not all(d.is_finite() for d in decimals):
        raise ValueError("a measured value must be a finite number")
    return Measurement(kind, decimals)
