"""The care plan (tiltaksplan) and the answers to a questionnaire (skjemasvar).

The published care plan also speaks of a `context`, which R4 no longer has.
"""

from hub.fhir.codes import CAREPLAN_CATEGORY
from hub.fhir.profiles import addresses as at
from hub.fhir.rules import Profile, Row, Slicing, required

CAREPLAN = Profile(
    at.CAREPLAN,
    "vkp-careplan",
    "CarePlan",
    (
        *(Row(path, types=("Reference",), targets=("CarePlan",)) for path in ("basedOn", "replaces", "partOf")),
        Row(
            "category",
            least=1,
            binding=required(at.CAREPLAN_CATEGORY_VALUES),
            advice="Legg til category med en kode fra vkp-careplan-category.",
        ),
        Row("category.coding.system", fixed=CAREPLAN_CATEGORY),
        Row("subject", types=("Reference",), targets=("Group", "Patient")),
        Row(
            "author",
            types=("Reference",),
            targets=("CareTeam", "Organization", "Patient", "Practitioner", "RelatedPerson"),
        ),
        Row("activity.detail.extension", slicing=Slicing(("url",))),
        Row("activity.detail.extension:header", most=1, types=("Extension",), profiles=(at.DETAIL_HEADER,)),
    ),
    title="Tiltaksplan",
)

QUESTIONNAIRE_RESPONSE = Profile(
    at.QUESTIONNAIRE_RESPONSE,
    "vkp-questionnaireresponse",
    "QuestionnaireResponse",
    (
        Row("questionnaire.extension", slicing=Slicing(("url",))),
        Row("questionnaire.extension:questionnaireDisplay", types=("Extension",), profiles=(at.DISPLAY,)),
        Row(
            "subject",
            least=1,
            types=("Reference",),
            targets=("Patient",),
            advice="Legg til subject: pasienten som har svart, med identifier.",
        ),
    ),
    title="Skjemasvar",
)
