"""What the rehearsal's pages say beside what the courses themselves say, in both languages."""

from __future__ import annotations

from hub.model.language import Language, Text
from hub.rehearsal.report_words import WORDS

_PAGES = {
    "lead": Text(
        nb="Et kurs i å koble til en kommune, steg for steg. Det knutepunktet kan kontrollere selv, kontrollerer det.",
        en="A course in connecting a municipality, step by step. What the hub can check for itself, it checks.",
    ),
    "rehearsal": Text(nb="Innføring", en="Rehearsal"),
    "under_way": Text(nb="I gang", en="Under way"),
    "none": Text(nb="Ingen kommune har begynt ennå.", en="No municipality has begun yet."),
    "begin": Text(nb="Begynn, eller fortsett", en="Begin, or go on"),
    "choose_municipality": Text(nb="Kommune", en="Municipality"),
    "choose_course": Text(nb="Kurs", en="Course"),
    "other": Text(nb="En annen kommune", en="Another municipality"),
    "other_help": Text(
        nb="Organisasjonsnummer, når kommunen ikke er satt opp i knutepunktet ennå.",
        en="Organisation number, when the municipality is not set up in the hub yet.",
    ),
    "name": Text(nb="Kommunens navn", en="The municipality's name"),
    "begin_button": Text(nb="Begynn", en="Begin"),
    "progress": Text(nb="{over} av {steps} steg er ferdige", en="{over} of {steps} steps are done"),
    "next": Text(nb="Neste steg", en="Next step"),
    "go_next": Text(nb="Gå til neste steg", en="Go to the next step"),
    "to_test": Text(nb="Rett til kommunikasjonstesten", en="Straight to the communication test"),
    "see_blocking": Text(nb="Se alle grunnene ({count})", en="See all the reasons ({count})"),
    "all_over": Text(nb="Alle stegene er ferdige.", en="Every step is done."),
    "report": Text(nb="Testrapport og klarmelding", en="Test report and readiness summary"),
    "as_page": Text(nb="Les som nettside", en="Read as a page"),
    "as_pdf": Text(nb="Last ned som PDF", en="Download as PDF"),
    "owner": Text(nb="Eier", en="Owner"),
    "decide": Text(nb="Dette må bestemmes", en="To be decided"),
    "evidence": Text(nb="Bevis", en="Evidence"),
    "check_title": Text(nb="Knutepunktet kontrollerer dette", en="The hub checks this"),
    "check_text": Text(
        nb="Kontrollen er ekte: den bruker knutepunktet som går nå, og bare syntetiske personer. Den kan ta et halvt "
        "minutt.",
        en="The check is real: it uses the hub that runs now, and synthetic people only. It may take half a minute.",
    ),
    "check_button": Text(nb="Kontroller nå", en="Check now"),
    "result": Text(nb="Siste kontroll", en="Newest check"),
    "mark_title": Text(nb="Er steget gjort?", en="Is the step done?"),
    "confirm_title": Text(nb="Bekreft det knutepunktet ikke ser", en="Confirm what the hub cannot see"),
    "evidence_label": Text(nb="Hvor kan det ses at det er gjort?", en="Where can it be seen that it is done?"),
    "done_button": Text(nb="Merk som ferdig", en="Mark as done"),
    "open_button": Text(nb="Åpne igjen", en="Open again"),
    "skip_button": Text(nb="Gjelder ikke", en="Does not apply"),
    "skip_help": Text(nb="Steget gjelder ikke når:", en="The step does not apply when:"),
    "note_label": Text(nb="Merknad", en="Remark"),
    "note_button": Text(nb="Skriv merknad", en="Write a remark"),
    "notes": Text(nb="Merknader", en="Remarks"),
    "form_button": Text(nb="Lagre skjemaet", en="Save the form"),
    "form_missing": Text(nb="Dette mangler i skjemaet:", en="This is missing in the form:"),
    "form_export": Text(nb="Last ned skjemaet", en="Download the form (in Norwegian)"),
    "row": Text(nb="rad", en="row"),
    "choose": Text(nb="Velg", en="Choose"),
    "optional": Text(nb="valgfritt", en="optional"),
    "earlier": Text(nb="Forrige steg", en="The step before"),
    "later": Text(nb="Neste steg", en="The step after"),
    "saved": Text(nb="Lagret.", en="Saved."),
    "new_deviation": Text(nb="Registrer et avvik", en="Raise a deviation"),
    "deviation_id": Text(nb="Kort id (små bokstaver og tall)", en="Short id (small letters and digits)"),
    "what_wrong": Text(nb="Hva er galt?", en="What is wrong?"),
    "save": Text(nb="Lagre", en="Save"),
    "by_check": Text(
        nb="Funnet av en kontroll; lukkes når kontrollen består.", en="Found by a check; closed when the check passes."
    ),
    "close": Text(nb="Rettet", en="Fixed"),
    "cases": Text(nb="Egne testtilfeller", en="Test cases of your own"),
    "cases_text": Text(
        nb="Et tilfelle er meldingene som sendes, og linjene som skal stå i notatet. Bruk feltene $person, $name og "
        "$t0 til $t9, og … for hva som helst.",
        en="A case is the messages that are sent and the lines that must stand in the note. Use the fields $person, "
        "$name and $t0 to $t9, and … for anything.",
    ),
    "case_label": Text(nb="Tilfellet som JSON", en="The case as JSON"),
    "case_button": Text(nb="Legg til", en="Add"),
    "case_drop": Text(nb="Ta ut", en="Take out"),
    "case_mended": Text(nb="Rett dette og prøv igjen:", en="Mend this and try again:"),
    "plan_help": Text(
        nb="En C-feil går gjennom når den har plan, ansvarlig og frist.",
        en="A C fault passes once it has a plan, somebody responsible and a date.",
    ),
    "your_part": Text(nb="Hvem gjør hva", en="Who does what"),
}

TEXTS = {**WORDS, **_PAGES}


def texts(language: str) -> dict[str, str]:
    """Every text in `language`."""
    return {key: text.said(Language(language)) for key, text in TEXTS.items()}
