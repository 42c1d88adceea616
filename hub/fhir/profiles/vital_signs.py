"""R4's own profiles of vital signs, which the national ones build on. Source: HL7 FHIR R4, vital signs.

VKP is lenient about them, JFT is not: they are held as `underlying`.
"""

from hub.fhir.codes import LOINC, UCUM
from hub.fhir.measurement_codes import OBSERVATION_CATEGORY
from hub.fhir.profiles import addresses as at
from hub.fhir.rules import Profile, Row, Slicing, ValueSet, required

_BY_CODE = Slicing(("code", "system"))

VITAL_SIGNS = Profile(
    at.R4_VITAL_SIGNS,
    "r4-vitalsigns",
    "Observation",
    (
        Row(
            "category",
            least=1,
            slicing=Slicing(("coding.code", "coding.system")),
            advice="Legg til category vital-signs, som R4 krever av vitale tegn.",
        ),
        Row("category:VSCat", least=1, most=1, advice="Legg til category vital-signs, som R4 krever av vitale tegn."),
        Row("category:VSCat.coding", least=1),
        Row("category:VSCat.coding.system", least=1, fixed=OBSERVATION_CATEGORY),
        Row("category:VSCat.coding.code", least=1, fixed="vital-signs"),
        Row("subject", least=1, types=("Reference",), targets=("Patient",)),
        Row("effective[x]", least=1, types=("dateTime", "Period"), advice="Oppgi når målingen ble gjort (effective)."),
    ),
    invariants=("vs-1", "vs-2", "vs-3"),
    origin="underlying",
)


def _unit_values(name: str, *codes: str) -> ValueSet:
    return ValueSet(f"urn:knutepunkt:r4-units:{name}", {UCUM: frozenset(codes)})


UNITS = {
    v.url: v
    for v in (
        _unit_values("bodytemp", "Cel", "[degF]"),
        _unit_values("bodyweight", "g", "kg", "[lb_av]"),
        _unit_values("heartrate", "/min"),
        _unit_values("oxygensat", "%"),
        _unit_values("bp", "mm[Hg]"),
    )
}


def _quantity(path: str, name: str) -> tuple[Row, ...]:
    return (
        Row(f"{path}.value", least=1),
        Row(f"{path}.unit", least=1),
        Row(f"{path}.system", least=1, fixed=UCUM),
        Row(f"{path}.code", least=1, binding=required(f"urn:knutepunkt:r4-units:{name}")),
    )


def _coded(path: str, slice_name: str, code: str) -> tuple[Row, ...]:
    advice = f"Legg til LOINC-koden {code}, som R4 krever av dette vitale tegnet."
    return (
        Row(path, slicing=_BY_CODE),
        Row(f"{path}:{slice_name}", least=1, most=1, advice=advice),
        Row(f"{path}:{slice_name}.system", least=1, fixed=LOINC),
        Row(f"{path}:{slice_name}.code", least=1, fixed=code),
    )


def _sign(url: str, name: str, *, slice_name: str, code: str) -> Profile:
    return Profile(
        url,
        f"r4-{name}",
        "Observation",
        (
            *_coded("code.coding", slice_name, code),
            Row("value[x]", types=("Quantity",)),
            *_quantity("value[x]:valueQuantity", name),
        ),
        base=at.R4_VITAL_SIGNS,
        origin="underlying",
    )


HEART_RATE = _sign(at.R4_HEART_RATE, "heartrate", slice_name="HeartRateCode", code="8867-4")
OXYGEN_SATURATION = _sign(at.R4_OXYGEN_SATURATION, "oxygensat", slice_name="OxygenSatCode", code="2708-6")
BODY_TEMPERATURE = _sign(at.R4_BODY_TEMPERATURE, "bodytemp", slice_name="BodyTempCode", code="8310-5")
BODY_WEIGHT = _sign(at.R4_BODY_WEIGHT, "bodyweight", slice_name="BodyWeightCode", code="29463-7")


def _pressure(slice_name: str, code_slice: str, code: str) -> tuple[Row, ...]:
    path = f"component:{slice_name}"
    return (
        Row(path, least=1, most=1, advice=f"Legg til en komponent med LOINC-koden {code}."),
        *_coded(f"{path}.code.coding", code_slice, code),
        Row(f"{path}.value[x]", types=("Quantity",)),
        *_quantity(f"{path}.value[x]:valueQuantity", "bp"),
    )


BLOOD_PRESSURE = Profile(
    at.R4_BLOOD_PRESSURE,
    "r4-bp",
    "Observation",
    (
        *_coded("code.coding", "BPCode", "85354-9"),
        Row("value[x]", most=0, advice="Ta bort verdien: blodtrykk står i to komponenter."),
        Row("component", least=2, slicing=Slicing(("code.coding.code", "code.coding.system"))),
        *_pressure("SystolicBP", "SBPCode", "8480-6"),
        *_pressure("DiastolicBP", "DBPCode", "8462-4"),
    ),
    base=at.R4_VITAL_SIGNS,
    origin="underlying",
)
