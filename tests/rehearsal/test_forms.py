from __future__ import annotations

import csv
import io
import json

import pytest

from hub.model.language import Language
from hub.rehearsal.forms import BadForm, as_csv, as_json, as_markdown, blank, checked, forms, missing, practised

FORMS = forms()


def test_a_form_keeps_what_fits_trimmed_and_without_empty_rows() -> None:
    kept = checked(
        FORMS["plan"],
        {"tasks": [{"task": " Bestille ", "tag": "KOMMUNE"}, {"task": " ", "due": ""}], "risks": " ingen "},
    )
    assert kept == {"tasks": ({"task": "Bestille", "tag": "KOMMUNE", "due": "", "state": ""},), "risks": "ingen"}


@pytest.mark.parametrize(
    "values",
    [
        {"unknown": "x"},
        {"decision": "perhaps"},
        {"by": "x" * 5_000},
        {"by": 7},
    ],
)
def test_what_does_not_fit_is_refused_in_norwegian(values: dict[str, object]) -> None:
    with pytest.raises(BadForm, match=r"\w+"):
        checked(FORMS["decision"], values)


def test_a_row_with_an_unknown_column_is_refused() -> None:
    with pytest.raises(BadForm, match="kolonner"):
        checked(FORMS["plan"], {"tasks": [{"secret": "x"}]})


def test_required_fields_are_missed_until_they_are_filled() -> None:
    form = FORMS["decision"]
    assert [field.id for field in missing(form, blank(form))] == ["decision", "by"]
    assert missing(form, {"decision": "go", "by": "Kari"}) == []


@pytest.mark.parametrize("language", Language)
def test_a_form_is_written_as_a_table_a_document_and_json(language: Language) -> None:
    form, values = FORMS["group"], practised(FORMS["group"])
    rows = list(csv.reader(io.StringIO(as_csv(form, values, language)), delimiter=";"))
    assert any("Prosjektleder" in row for row in rows)
    assert form.title.said(language) in as_markdown(form, values, language)
    assert json.loads(as_json(form, values))["values"]["meetings"] == values["meetings"]


def test_a_cell_that_a_spreadsheet_would_compute_is_made_harmless() -> None:
    form = FORMS["decision"]
    written = as_csv(form, {"by": '=HYPERLINK("http://x")'}, Language.NB)
    assert "'=HYPERLINK" in written
