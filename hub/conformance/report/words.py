"""The reports' own words, in both languages."""

from __future__ import annotations

from hub.conformance.results import Result
from hub.conformance.verdicts import both

RESULTS = {
    Result.PASS: both("bestått", "passed"),
    Result.FAIL: both("ikke bestått", "failed"),
    Result.SKIP: both("hoppet over", "skipped"),
    Result.OMIT: both("gjelder ikke", "does not apply"),
    Result.WAIT: both("venter på person", "waits for a person"),
    Result.ERROR: both("feil i prøven", "error in the test"),
}
TIERS = {
    "none": both("intet nivå", "no tier"),
    "bronze": both("bronse", "bronze"),
    "silver": both("sølv", "silver"),
    "gold": both("gull", "gold"),
    "platinum": both("platina", "platinum"),
}
LEVELS = {"must": both("må", "must"), "should": both("bør", "should")}
GRADES = {
    "A": both(
        "setter noen i fare eller avslører noe om dem; må rettes", "endangers or exposes somebody; must be fixed"
    ),
    "B": both("er galt; må rettes", "is wrong; must be fixed"),
    "C": both("kan vente", "may wait"),
}
WORDS = {
    "title": both("Testrapport: samsvar med knutepunktet", "Test report: conformance with the hub"),
    "other_language": both("This report in English", "Denne rapporten på norsk"),
    "passed": both("Bestått", "Passed"),
    "failed": both("Ikke bestått", "Not passed"),
    "passed_because": both(
        "Ingenting som må bestås, feilet.",
        "Nothing that must pass failed.",
    ),
    "failed_because": both("{count} prøver som må bestås, feilet.", "{count} tests that must pass failed."),
    "failed_because_one": both("1 prøve som må bestås, feilet.", "1 test that must pass failed."),
    "incomplete": both(
        "Kjøringen er ikke fullført. Den gir intet kvalitetsnivå.",
        "The run is not complete. It gives no quality tier.",
    ),
    "quality": both("Kvalitetsnivå", "Quality tier"),
    "summary": both("Resultatet", "The result"),
    "contents": both("Innhold", "Contents"),
    "plan": both("Plan", "Plan"),
    "product": both("Produkt", "Product"),
    "target": both("Prøvd system", "System under test"),
    "started": both("Begynt", "Started"),
    "ended": both("Ferdig", "Ended"),
    "complete": both("Alle prøver kjørt", "All tests ran"),
    "yes": both("ja", "yes"),
    "no": both("nei", "no"),
    "counts": both("Antall prøver", "Number of tests"),
    "result": both("Resultat", "Result"),
    "count": both("Antall", "Count"),
    "errors": both("Åpne feil", "Open errors"),
    "no_errors": both("Ingen åpne feil.", "No open errors."),
    "none_of_grade": both("Ingen.", "None."),
    "grade": both("Grad", "Grade"),
    "requirement": both("Krav", "Requirement"),
    "expected": both("Ventet", "Expected"),
    "seen": both("Sett", "Seen"),
    "source": both("Kilde", "Source"),
    "level": both("Nivå", "Level"),
    "exchange": both("Utvekslingen", "The exchange"),
    "exchange_count": both("antall meldinger: {count}", "messages: {count}"),
    "headers": both("Hoder", "Headers"),
    "body": both("Innhold", "Body"),
    "answer": both("Svar", "Answer"),
    "known": both("Ventet feil", "Expected failure"),
    "off_the_list": both(
        "Disse står på listen over ventede feil, men besto. Ta dem av listen:",
        "These are on the list of expected failures, but passed. Take them off the list:",
    ),
    "tests": both("Alle prøver", "All tests"),
    "test": both("Prøve", "Test"),
    "way": both("Vei", "Way"),
    "seconds": both("Sekunder", "Seconds"),
    "said": both("Merknad", "Remark"),
    "coverage": both("Dekning av kravene", "Coverage of the requirements"),
    "covered": both(
        "{tested} av {all} krav i planen er prøvd.",
        "{tested} of the plan's {all} requirements were tested.",
    ),
    "not_tested": both("ikke prøvd", "not tested"),
    "rules": both("Kvalitetsskalaen", "The quality scale"),
    "rules_said": both(
        "Et nivå er nådd når alle regler for det og for nivåene under er oppfylt. En erklæring er leverandørens egne "
        "ord; ingen har prøvd den.",
        "A tier is reached when every rule of it and of the tiers below is met. A declaration is the vendor's own "
        "words; nobody has tested it.",
    ),
    "rule": both("Regel", "Rule"),
    "met": both("Oppfylt", "Met"),
    "met_by": both("Avgjort av", "Decided by"),
    "by_tests": both("prøver", "tests"),
    "by_declaration": both("erklæring", "declaration"),
    "because": both("Fordi", "Because"),
    "declared_by": both("Erklæringene er gitt av {who}, {date}.", "The declarations were given by {who}, {date}."),
    "surroundings": both("Versjoner og innstillinger", "Versions and configuration"),
    "versions": both("Versjoner", "Versions"),
    "configuration": both("Innstillinger", "Configuration"),
    "name": both("Navn", "Name"),
    "value": both("Verdi", "Value"),
    "nothing": both("Ingenting oppgitt.", "Nothing given."),
    "signature": both("Signaturen", "The signature"),
    "signed": both(
        "Rapporten er signert. Den som har mappen, ser om noe er endret:",
        "The report is signed. Whoever has the folder can see whether anything was changed:",
    ),
    "thumbprint": both(
        "Nøkkelens avtrykk (RFC 7638), som skal være det samme som utstederen oppgir:",
        "The key's thumbprint (RFC 7638), which must be the one that the issuer gives:",
    ),
    "command": both("knutepunkt conformance verify MAPPE", "knutepunkt conformance verify FOLDER"),
    "synthetic": both(
        "Alle personer i prøvene er syntetiske, og numrene deres er likevel skjult.",
        "All people in the tests are synthetic, and their numbers are hidden all the same.",
    ),
}
