"""The alert (varsel): which kind it is, and whom it is about."""

from hub.fhir.profiles import addresses as at
from hub.fhir.rules import Profile, Row, required

DETECTED_ISSUE = Profile(
    at.DETECTED_ISSUE,
    "vkp-detectedissue",
    "DetectedIssue",
    (
        Row(
            "code",
            least=1,
            binding=required(at.ALERT_CODE_VALUES),
            advice="Legg til code med en varselkode fra vkp-alert-code.",
        ),
        Row("patient", least=1, advice="Legg til patient: hvem varselet gjelder, med identifier."),
    ),
    invariants=("guide-detectedissue",),
    title="Varsel",
)
