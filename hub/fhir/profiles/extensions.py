"""The national extensions: what each may hold."""

from collections.abc import Iterable

from hub.fhir.profiles import addresses as at
from hub.fhir.rules import Profile, Row, Slicing, required

_BY_TYPE = Slicing(("$this",), closed=True)


def _simple(url: str, name: str, value: str, *, least: int | None = None, title: str = "") -> Profile:
    """An extension with one value of one type."""
    choice = f"value{value[0].upper()}{value[1:]}"
    return Profile(
        url,
        name,
        "Extension",
        (
            Row("url", fixed=url),
            Row("value[x]", slicing=_BY_TYPE),
            Row(f"value[x]:{choice}", least=least, types=(value,)),
        ),
        title=title,
    )


def _device(url: str, name: str, title: str) -> Profile:
    """An extension that tells of a device, in parts."""

    def parts(names: Iterable[str], least: int | None, most: int | None) -> Iterable[Row]:
        for part in names:
            yield Row(f"extension:{part}", least=least, most=most, advice=f"Oppgi {part} for enheten én gang.")
            yield Row(f"extension:{part}.url", fixed=part)

    return Profile(
        url,
        name,
        "Extension",
        (
            Row("extension", slicing=Slicing(("url",))),
            *parts(("identifier", "displayName", "type"), 1, 1),
            *parts(("typeName",), None, 1),
            *parts(("location",), None, None),
            *(Row(f"extension:{p}.value[x]", types=("string",)) for p in ("identifier", "displayName", "location")),
            Row("url", fixed=url),
            Row("value[x]", most=0),
        ),
        title=title,
    )


SEVERITY_LEVEL = Profile(
    at.SEVERITY_LEVEL,
    "vkp-severity-level",
    "Extension",
    (
        Row("url", fixed=at.SEVERITY_LEVEL),
        Row("value[x]", types=("CodeableConcept",), slicing=_BY_TYPE),
        Row("value[x]:valueCodeableConcept", types=("CodeableConcept",), binding=required(at.SEVERITY_LEVEL_VALUES)),
        Row("value[x]:valueCodeableConcept.coding.system", fixed=at.SEVERITY_LEVEL_VALUES),
    ),
    title="Alvorlighetsgrad",
)

EXTENSIONS = (
    SEVERITY_LEVEL,
    Profile(
        at.ADDITIONAL_LOCATOR,
        "r4-additional-locator",
        "Extension",
        (
            Row("extension", most=0),
            Row("url", fixed=at.ADDITIONAL_LOCATOR),
            Row("value[x]", least=1, types=("string",)),
        ),
        title="Hint til adressen",
    ),
    _simple(at.ANNOTATION, "vkp-annotation", "Annotation", title="Merknad"),
    _simple(at.DETAIL_HEADER, "vkp-detailheader", "string", title="Overskrift"),
    Profile(
        at.DEVICE_REFERENCE,
        "vkp-devicereference",
        "Extension",
        (Row("url", fixed=at.DEVICE_REFERENCE), Row("value[x]", types=("Reference",))),
        title="Enhet",
    ),
    Profile(
        at.DISPLAY_URL,
        "vkp-displayurl",
        "Extension",
        (
            Row("url", fixed=at.DISPLAY_URL),
            Row("value[x]", types=("uri",), slicing=_BY_TYPE),
            Row("value[x]:valueUri", types=("uri",)),
        ),
        title="Adresse til visning",
    ),
    _simple(at.ELOCK, "vkp-elock", "string", least=1, title="Elektronisk lås"),
    _simple(at.HOUSEHOLD, "vkp-household", "string", title="Husstand"),
    Profile(
        at.SONE,
        "vkp-sone",
        "Extension",
        (Row("url", fixed=at.SONE), Row("value[x]:valueString", types=("string",))),
        title="Sone",
    ),
    _device(at.ENCOUNTER_DEVICE, "vkp-encounterdevice", "Enhet ved tilsyn"),
    _device(at.MEDICATION_DISPENSE_DEVICE, "vkp-medicationdispensedevice", "Dispenser"),
)
