"""The patient (with zone and household) and the address (with lock and hint)."""

from hub.fhir.profiles import addresses as at
from hub.fhir.rules import Profile, Row, Slicing

_BY_URL = Slicing(("url",))
_ONLY_BY_URL = Slicing(("url",), closed=True)

PATIENT = Profile(
    at.PATIENT,
    "vkp-patient",
    "Patient",
    (
        Row("extension", slicing=_BY_URL),
        Row("extension:sone", most=1, types=("Extension",), profiles=(at.SONE,), advice="Oppgi høyst én sone."),
        Row("extension:sone.value[x]", slicing=Slicing(("$this",))),
        Row("extension:household", types=("Extension",), profiles=(at.HOUSEHOLD,)),
        Row("address", types=("Address",), profiles=(at.ADDRESS,)),
    ),
    title="Pasient",
)

ADDRESS = Profile(
    at.ADDRESS,
    "vkp-address",
    "Address",
    (
        Row(
            "extension",
            slicing=_ONLY_BY_URL,
            advice="Profilen tillater bare elektronisk lås som utvidelse av adressen.",
        ),
        Row("extension:elock", types=("Extension",), profiles=(at.ELOCK,)),
        Row("line.extension", slicing=_ONLY_BY_URL),
        Row("line.extension:hint", types=("Extension",), profiles=(at.ADDITIONAL_LOCATOR,)),
        Row("line.extension:hint.value[x]", slicing=Slicing(("$this",), closed=True)),
    ),
    title="Adresse",
)
