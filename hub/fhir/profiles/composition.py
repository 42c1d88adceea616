"""The note (notat): its category, whom it is about, the steps of handling, and its sections."""

from hub.fhir.profiles import addresses as at
from hub.fhir.rules import Profile, Row, extensible, required

COMPOSITION = Profile(
    at.COMPOSITION,
    "vkp-composition",
    "Composition",
    (
        Row(
            "category",
            least=1,
            binding=required(at.COMPOSITION_CATEGORY_VALUES),
            advice="Legg til category: 1 (trygghet og mestring) eller 2 (digital hjemmeoppfølging).",
        ),
        Row("subject", least=1, advice="Legg til subject: pasienten som notatet gjelder, med identifier."),
        Row(
            "event.code",
            binding=required(at.COMPOSITION_EVENT_VALUES),
            advice="Bruk en kode fra vkp-composition-event for steget i håndteringen.",
        ),
        Row(
            "section.code",
            binding=extensible(at.COMPOSITION_SECTION_VALUES),
            advice="Bruk helst en kode fra vkp-composition-section for seksjonen.",
        ),
    ),
    invariants=("guide-composition",),
    title="Notat",
)
