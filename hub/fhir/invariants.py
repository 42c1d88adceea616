"""R4's rules that join elements, and those of the profiles, each under the id that it has where it comes from.

Every rule is a check of an object that is already known to be one; its own elements may still be of any type.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.fhir import bundle_rules, contradiction, guide, identities, references, vital_signs
from hub.fhir.codes import SEVERITY_LEVEL, SYSTEMS, canonical_system
from hub.fhir.drafts import Check, Context, Draft, Drafts, shown

_VKP = "http://ehelse.no/fhir/"


def of(type_name: str, label: str, named: tuple[str, ...]) -> tuple[Check, ...]:
    """The rules of a type (or of the group with `label`), and those that a profile names."""
    own = _OF.get(type_name or label, ())
    return (*own, *(NAMED[name] for name in dict.fromkeys(named) if name in NAMED))


def broken(rule: str, path: str = "", advice: str | None = None) -> Drafts:
    """The remark that an invariant doesn't hold."""
    return [Draft("invariant", rule, path=path, advice=advice)]


def _period(value: Any, context: Context) -> Drafts:
    start, end = value.get("start"), value.get("end")
    if type(start) is not str or type(end) is not str or start[:10] < end[:10]:
        return None
    return broken("r4-per-1", ".end", "Slutten er før starten. Rett en av dem.") if _later(start, end) else None


def _later(first: str, second: str) -> bool:
    """Whether `first` is surely later than `second`; days and months are compared as far as both go."""
    try:
        return datetime.fromisoformat(first) > datetime.fromisoformat(second)
    except (ValueError, TypeError):
        shared = min(len(first), len(second), 10)
        return first[:shared] > second[:shared]


def _quantity(value: Any, context: Context) -> Drafts:
    if "code" in value and "system" not in value:
        return broken("r4-qty-3", ".system", "Oppgi kodeverket (http://unitsofmeasure.org) når enheten har kode.")
    return None


def _extension(value: Any, context: Context) -> Drafts:
    if _has_value(value) == ("extension" in value):
        return broken("r4-ext-1", "", "En utvidelse skal ha enten en verdi eller utvidelser i seg, ikke begge.")
    return None


def _attachment(value: Any, context: Context) -> Drafts:
    if "data" in value and "contentType" not in value:
        return broken("r4-att-1", ".contentType", "Oppgi contentType når vedlegget har data.")
    return None


def _coding(value: Any, context: Context) -> Drafts:
    system, code = value.get("system"), value.get("code")
    if type(system) is not str or not system.startswith(_VKP):
        return None
    own = canonical_system(system)
    if own != system and own != SEVERITY_LEVEL:
        return [Draft("set-address", "vkp-code-system-address", path=".system", found=system, expected=own)]
    if own in SYSTEMS and type(code) is str and code and code not in SYSTEMS[own]:
        return [Draft("unknown-code", "vkp-code-unknown", path=".code", found=shown(code), expected=system)]
    return None


def _observation(value: Any, context: Context) -> Drafts:
    if "dataAbsentReason" in value and _has_value(value):
        return broken("r4-obs-6", ".dataAbsentReason", "Ta bort dataAbsentReason når målingen har en verdi.")
    if "component" in value and _has_value(value) and _same_code_below(value):
        return broken("r4-obs-7", "", "Verdien skal stå i komponenten eller i målingen selv, ikke begge steder.")
    return None


def _has_value(value: dict[str, Any]) -> bool:
    return any(key.lstrip("_").startswith("value") for key in value)


def _same_code_below(value: dict[str, Any]) -> bool:
    own = _codes(value)
    components = value.get("component")
    return bool(own) and any(own & _codes(c) for c in (components if type(components) is list else ()))


def _codes(value: Any) -> set[tuple[str, str]]:
    code = value.get("code") if type(value) is dict else None
    codings = code.get("coding") if type(code) is dict else None
    return {
        (c["system"], c["code"])
        for c in (codings if type(codings) is list else ())
        if type(c) is dict and type(c.get("system")) is str and type(c.get("code")) is str
    }


def _dispense(value: Any, context: Context) -> Drafts:
    prepared, handed = value.get("whenPrepared"), value.get("whenHandedOver")
    if type(prepared) is str and type(handed) is str and _later(prepared, handed):
        return broken("r4-mdd-1", ".whenHandedOver", "Utleveringen er før klargjøringen. Rett en av tidene.")
    return None


def _section(value: Any, context: Context) -> Drafts:
    drafts: list[Draft] = []
    if not any(key in value for key in ("text", "entry", "section")):
        drafts += broken("r4-cmp-1", "", "En seksjon må ha tekst, henvisninger eller underseksjoner.") or ()
    if "emptyReason" in value and value.get("entry"):
        drafts += broken("r4-cmp-2", ".emptyReason", "Ta bort emptyReason når seksjonen har henvisninger.") or ()
    return drafts or None


def _contact(value: Any, context: Context) -> Drafts:
    if any(key in value for key in ("name", "telecom", "address", "organization")):
        return None
    return broken("r4-pat-1", "", "En kontakt må ha navn, telefon, adresse eller organisasjon.")


def _activity(value: Any, context: Context) -> Drafts:
    if "detail" in value and "reference" in value:
        return broken("r4-cpl-3", "", "Oppgi enten detail eller reference, ikke begge.")
    return None


def _contained(value: Any, context: Context) -> Drafts:
    contained = value.get("contained")
    drafts: list[Draft] = []
    for index, inner in enumerate(contained if type(contained) is list else ()):
        if type(inner) is dict and "contained" in inner:
            path = f".contained[{index}].contained"
            drafts += broken("r4-dom-2", path, "En innebygd ressurs kan ikke ha egne innebygde ressurser.") or ()
    return drafts or None


def _dispense_category(value: Any, context: Context) -> Drafts:
    """As published: categories 19 and 20 ask for a text in the dosage. Version 0.9.0 has no such codes."""
    category = value.get("category")
    codings = category.get("coding") if type(category) is dict else None
    asked = any(type(c) is dict and c.get("code") in ("19", "20") for c in (codings if type(codings) is list else ()))
    dosages = value.get("dosageInstruction")
    told = any(type(d) is dict and d.get("text") for d in (dosages if type(dosages) is list else ()))
    if asked and not told:
        return broken("vkp-medicationdispense-category-1", ".dosageInstruction", "Skriv doseringen som tekst.")
    return None


#: Rules that profiles name, by the name that they have there.
NAMED: Mapping[str, Check] = {
    "category-1": _dispense_category,
    "guide-composition": guide.composition,
    "guide-detectedissue": guide.detected_issue,
    "guide-encounter": guide.encounter,
    **vital_signs.RULES,
}

_OF: Mapping[str, tuple[Check, ...]] = {
    "Identifier": (identities.identifier,),
    "Reference": (references.resolved,),
    "CodeableConcept": (contradiction.concept,),
    "Coding": (_coding,),
    "Period": (_period,),
    "Quantity": (_quantity,),
    "Extension": (_extension,),
    "Attachment": (_attachment,),
    "Observation": (_contained, _observation),
    "MedicationDispense": (_contained, _dispense),
    "DetectedIssue": (_contained,),
    "Encounter": (_contained,),
    "Composition": (_contained,),
    "Patient": (_contained,),
    "Bundle": bundle_rules.RULES,
    "composition-section": (_section,),
    "patient-contact": (_contact,),
    "careplan-activity": (_activity,),
}
