"""The dispense (utlevering): what kind, to whom by national number, and by which dispenser."""

from hub.fhir.profiles import addresses as at
from hub.fhir.rules import Profile, Row, Slicing, required
from hub.model.person import D_NUMBER, HELP_NUMBER, IDENTITY_NUMBER

_NUMBERS = (("FNR", IDENTITY_NUMBER), ("DNR", D_NUMBER), ("FHN", HELP_NUMBER))

MEDICATION_DISPENSE = Profile(
    at.MEDICATION_DISPENSE,
    "vkp-medicationdispense",
    "MedicationDispense",
    (
        Row(
            "identifier.system",
            fixed="urn:ietf:rfc:3986",
            advice="Profilen krever urn:ietf:rfc:3986 som system; value er da en adresse, for eksempel urn:uuid:…",
        ),
        Row(
            "category",
            least=1,
            binding=required(at.MEDICATIONDISPENSE_EVENTS_VALUES),
            advice="Legg til category med en kode fra vkp-medicationdispense-events.",
        ),
        Row("category.coding", least=1, advice="Legg til koden i category.coding."),
        Row("subject", least=1, advice="Legg til subject: pasienten som fikk medisinen."),
        Row(
            "subject.identifier",
            least=1,
            slicing=Slicing(("system",), closed=True),
            advice="Oppgi pasienten med fødselsnummer, D-nummer eller felles hjelpenummer.",
        ),
        *(Row(f"subject.identifier:{name}.system", least=1, fixed=system) for name, system in _NUMBERS),
        *(Row(f"subject.identifier:{name}.value", least=1) for name, _ in _NUMBERS),
        Row("performer", least=1, advice="Legg til performer: dispenseren eller den som utleverte."),
        Row("performer.actor.reference", most=0, advice="Ta bort performer.actor.reference; bruk identifier i stedet."),
        Row("performer.actor.identifier", least=1, advice="Oppgi utføreren med performer.actor.identifier."),
        Row("performer.actor.identifier.system", least=1),
        Row("performer.actor.identifier.value", least=1),
    ),
    invariants=("category-1",),
    title="Medisinutlevering",
)
