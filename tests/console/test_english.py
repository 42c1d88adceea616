"""What the hub writes in Norwegian is said in English on the English pages, whatever room wrote it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hub
from hub.console.words.english import english, in_language
from hub.fhir.codes import ALERT_CODE, SYSTEMS
from hub.metering.model_list import model_answers

HERE = Path(hub.__file__).parent
#: Everything that writes findings, operations' alerts, or what is wrong with what was filled in.
WRITERS = sorted(
    {
        *(HERE / "fhir").glob("*.py"),
        *(HERE / "fhir" / "profiles").glob("*.py"),
        *(HERE / "ingest").glob("*.py"),
        *(HERE / file for file in ("api/mqtt.py", "api/watch.py", "store/watching.py", "dispatch/verdict.py")),
        *(HERE / "rehearsal" / f"{name}.py" for name in ("desk", "forms", "cases")),
        HERE / "console" / "rehearsal_pages.py",
    }
    - {HERE / "fhir" / "lint_text.py", HERE / "fhir" / "lint_sarif.py"}
)
#: What no page shows: answers to senders, and what the page of what is missing says in its own words.
UNSHOWN = re.compile(
    r"Meldingen er (registrert|mottatt|avvist)|En (nyere|eldre) utgave av en kjent"
    r"|(Kommunen|Kurset) har ikke noe|Kommunen har ikke begynt|Det finnes ikke noe"
)
#: What is the same in both languages.
NEUTRAL = {"X", "X X", "X|X", "0..0", "<div …>…</div>", "UTF-8", "XXXX-XX-XX"}


def written(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every string of a module but docstrings, with X where something is put in."""
    inner = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    inner |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if node in inner:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, re.sub(r"\{\w+\}", "X", node.value)
        elif isinstance(node, ast.JoinedStr):
            yield node, "".join(p.value if isinstance(p, ast.Constant) else "X" for p in node.values)


def is_sentence(text: str) -> bool:
    return bool(re.match(r"[A-ZÆØÅa-z{].* .*[.…]$", text)) and not UNSHOWN.match(text)


@pytest.mark.parametrize("file", WRITERS, ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_every_sentence_that_the_hub_may_show_has_its_english(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    told = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in {"found", "expected"}
    }
    texts = [text for node, text in written(tree) if is_sentence(text) or (node in told and text not in NEUTRAL)]
    assert [text for text in texts if english(text) is None] == []


def test_every_alert_code_and_price_model_has_its_english_name():
    names = [*SYSTEMS[ALERT_CODE].values(), *(model.title for model in model_answers())]
    assert [name for name in names if english(name) is None] == []


def test_what_was_put_into_a_text_is_kept_and_what_the_hub_wrote_of_it_is_said_too():
    assert english("Legg til patient. Det er obligatorisk.") == "Add patient. It is required."
    broken = "Meldingen er ikke gyldig JSON. Feilen er ved linje 3, kolonne 14."
    assert english(broken) == "The message is not valid JSON. The fault is at line 3, column 14."


def test_what_has_no_english_stays_norwegian_and_says_so():
    assert (in_language("en", "Hjem igjen.").text, in_language("en", "Hjem igjen.").language) == ("Hjem igjen.", "nb")
    assert in_language("nb", "Ikke gyldig JSON.").text == "Ikke gyldig JSON."
