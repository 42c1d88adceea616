"""The supervision (tilsyn): of whom, by whom and how, when, and why; and the digital one."""

from hub.fhir.codes import ACT_CODE
from hub.fhir.profiles import addresses as at
from hub.fhir.rules import Profile, Row, required

_SUBJECT = Row(
    "subject",
    least=1,
    types=("Reference",),
    targets=("Group", "Patient"),
    advice="Legg til subject: pasienten som fikk tilsyn, med identifier.",
)
_PARTICIPANT = Row("participant", least=1, advice="Legg til participant: hvem eller hva som utførte tilsynet.")
_INDIVIDUAL = Row("participant.individual", types=("Reference",), targets=("Device", "Practitioner", "RelatedPerson"))
_PERIOD = Row("period", least=1, advice="Legg til period: når tilsynet startet og sluttet.")
_REASON = Row(
    "reasonCode",
    most=1,
    binding=required(at.ENCOUNTER_REASON_VALUES),
    advice="Oppgi høyst én grunn, fra vkp-encounter-reason: 1 (planlagt) eller 2 (hendelsesbasert).",
)
_IDENTIFIER = Row(
    "identifier.system",
    fixed="urn:ietf:rfc:3986",
    advice="Profilen krever urn:ietf:rfc:3986 som system; value er da en adresse, for eksempel urn:uuid:…",
)

ENCOUNTER = Profile(
    at.ENCOUNTER,
    "vkp-encounter",
    "Encounter",
    (
        _IDENTIFIER,
        _SUBJECT,
        _PARTICIPANT,
        Row(
            "participant.type",
            least=1,
            most=1,
            binding=required(at.ENCOUNTER_MODE_VALUES),
            advice="Oppgi nøyaktig én måte som tilsynet ble gjort på, fra vkp-encounter-mode.",
        ),
        _INDIVIDUAL,
        _PERIOD,
        _REASON,
    ),
    invariants=("guide-encounter",),
    title="Tilsyn",
)

DIGITAL_ENCOUNTER = Profile(
    at.DIGITAL_ENCOUNTER,
    "vkp-digital-encounter",
    "Encounter",
    (
        _IDENTIFIER,
        Row("class", binding=required(at.ACT_CODE_VALUES)),
        Row("class.system", fixed=ACT_CODE),
        Row("class.code", fixed="VR", advice="Et digitalt tilsyn har class VR (virtuell)."),
        Row("class.display", fixed="virtual"),
        Row("classHistory.class.system", fixed=ACT_CODE),
        Row("classHistory.class.code", fixed="VR"),
        Row("classHistory.class.display", fixed="virtual"),
        _SUBJECT,
        _PARTICIPANT,
        Row(
            "participant.type",
            least=1,
            most=1,
            binding=required(at.ENCOUNTER_TYPE_VALUES),
            advice="Oppgi nøyaktig én type for hver deltaker.",
        ),
        _INDIVIDUAL,
        _PERIOD,
        _REASON,
    ),
    invariants=("guide-encounter",),
    title="Digitalt tilsyn",
)
