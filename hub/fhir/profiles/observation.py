"""Measurements (målinger): the common profile, and one for each vital sign, which builds on R4's own."""

from hub.fhir.codes import LOINC, SNOMED
from hub.fhir.profiles import addresses as at
from hub.fhir.rules import Profile, Row, Slicing, required

_SUBJECT_TARGETS = Row("subject", types=("Reference",), targets=("Patient",))
_PERFORMER = Row("performer", types=("Reference",), targets=("Practitioner",))

OBSERVATION = Profile(
    at.OBSERVATION,
    "vkp-observation",
    "Observation",
    (
        Row("code.coding", slicing=Slicing(("system",))),
        Row("code.coding:LOINC.system", least=1, pattern=LOINC),
        Row("code.coding:SCT.system", least=1, pattern=SNOMED),
        Row(
            "subject",
            least=1,
            types=("Reference",),
            targets=("Patient",),
            advice="Legg til subject: pasienten som målingen gjelder, med identifier.",
        ),
        _PERFORMER,
        Row("performer.identifier.system", binding=required(at.PERFORMER_IDENTIFIERS)),
    ),
    title="Måling",
)


def _vital_sign(url: str, name: str, base: str, *, slice_name: str, code: str, title: str) -> Profile:
    return Profile(
        url,
        name,
        "Observation",
        (
            Row("code.coding", least=1, advice="Legg til koden for målingen i code.coding."),
            Row(f"code.coding:{slice_name}.system", least=1, pattern=SNOMED),
            Row(f"code.coding:{slice_name}.code", least=1, pattern=code),
            _SUBJECT_TARGETS,
            Row("subject.identifier.system", binding=required(at.SUBJECT_IDENTIFIERS)),
            _PERFORMER,
            Row("performer.identifier.system", binding=required(at.PERFORMER_IDENTIFIERS)),
        ),
        base=base,
        title=title,
    )


BODY_TEMPERATURE = _vital_sign(
    at.BODY_TEMPERATURE,
    "vkp-observation-bodytemp",
    at.R4_BODY_TEMPERATURE,
    slice_name="BodyTempSCTCode",
    code="276885007",
    title="Kroppstemperatur",
)
BODY_WEIGHT = _vital_sign(
    at.BODY_WEIGHT,
    "vkp-observation-bodyweight",
    at.R4_BODY_WEIGHT,
    slice_name="BodyWeightSCTCode",
    code="27113001",
    title="Kroppsvekt",
)
HEART_RATE = _vital_sign(
    at.HEART_RATE,
    "vkp-observation-heartrate",
    at.R4_HEART_RATE,
    slice_name="HeartrateSCTCode",
    code="364075005",
    title="Puls",
)
OXYGEN_SATURATION = _vital_sign(
    at.OXYGEN_SATURATION,
    "vkp-observation-oxygensat",
    at.R4_OXYGEN_SATURATION,
    slice_name="OXSATSCT",
    code="431314004",
    title="Oksygenmetning",
)

BLOOD_PRESSURE = Profile(
    at.BLOOD_PRESSURE,
    "vkp-observation-bloodpressure",
    "Observation",
    (
        Row("code.coding", least=1, advice="Legg til koden for målingen i code.coding."),
        Row("code.coding:BPSCTCode.system", least=1, pattern=SNOMED),
        Row("code.coding:BPSCTCode.code", least=1, pattern="75367002"),
        _SUBJECT_TARGETS,
        Row("subject.identifier.system", binding=required(at.SUBJECT_IDENTIFIERS)),
        _PERFORMER,
        Row("performer.identifier.system", binding=required(at.SUBJECT_IDENTIFIERS)),
        *(
            Row(f"bodySite{below}", binding=required(at.BODY_SITE_VALUES))
            for below in ("", ".coding", ".coding.system")
        ),
        *(Row(f"method{below}", binding=required(at.METHOD_VALUES)) for below in ("", ".coding", ".coding.system")),
        Row("component:SystolicBP.code.coding", least=1),
        Row("component:SystolicBP.code.coding:SBPSCTCode.system", least=1, fixed=SNOMED),
        Row("component:SystolicBP.code.coding:SBPSCTCode.code", least=1, fixed="271649006"),
        Row("component:DiastolicBP.code.coding", least=1),
        Row("component:DiastolicBP.code.coding:DBPSCTCode.system", least=1, fixed=SNOMED),
        Row("component:DiastolicBP.code.coding:DBPSCTCode.code", least=1, fixed="271650006"),
    ),
    base=at.R4_BLOOD_PRESSURE,
    title="Blodtrykk",
)
