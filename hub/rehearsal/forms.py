"""Forms: the templates of the process as fields to fill in, kept per municipality, and written out again."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from hub.model.language import Frozen, Language, Text

#: What was filled in: a text per field, or rows of texts by column in a table.
Row = dict[str, str]
Values = Mapping[str, str | tuple[Row, ...]]

_FILE = Path(__file__).parent / "content" / "forms.toml"
_MOST_TEXT = 4_000
_MOST_ROWS = 200


class Choice(Frozen):
    """One of the answers that a field can have."""

    id: str
    title: Text


class Column(Frozen):
    """A column of a table."""

    id: str
    title: Text


class FormField(Frozen):
    """A field. A `table` has columns, and `rows` that it begins with; a `choice` has choices."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Text
    kind: Literal["text", "long", "date", "choice", "table"] = "text"
    required: bool = True
    hint: Text | None = None
    choice: tuple[Choice, ...] = ()
    column: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    example: str = ""


class Form(Frozen):
    """A form with its fields in order."""

    id: str
    title: Text
    about: Text
    field: tuple[FormField, ...] = Field(min_length=1)


class BadForm(ValueError):
    """What was filled in does not fit the form. The text is Norwegian and says what."""


def forms() -> dict[str, Form]:
    """Every form by its id. Raises ValueError when the file is at fault."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    found = [Form.model_validate(form) for form in table["form"]]
    return {form.id: form for form in found}


def checked(form: Form, values: Mapping[str, object]) -> dict[str, str | tuple[Row, ...]]:
    """`values` as the form keeps them: only its own fields, trimmed, empty rows left out. Raises BadForm."""
    if unknown := values.keys() - {field.id for field in form.field}:
        raise BadForm(f"Skjemaet har ikke feltet {min(unknown)}.")
    return {field.id: _value(field, values[field.id]) for field in form.field if field.id in values}


def _value(field: FormField, value: object) -> str | tuple[Row, ...]:
    if field.kind == "table":
        return _rows(field, value)
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise BadForm(f"{field.title.nb}: må være tekst på høyst {_MOST_TEXT} tegn.")
    text = value.strip()
    if field.kind == "choice" and text and text not in {choice.id for choice in field.choice}:
        raise BadForm(f"{field.title.nb}: velg ett av svarene i listen.")
    return text


def _rows(field: FormField, value: object) -> tuple[Row, ...]:
    columns = [column.id for column in field.column]
    if not isinstance(value, list | tuple) or len(value) > _MOST_ROWS:
        raise BadForm(f"{field.title.nb}: må være en liste på høyst {_MOST_ROWS} rader.")
    found = []
    for row in value:
        if not isinstance(row, Mapping) or row.keys() - set(columns):
            raise BadForm(f"{field.title.nb}: en rad har kolonner som skjemaet ikke har.")
        texts = {name: str(row.get(name, "")).strip()[:_MOST_TEXT] for name in columns}
        if any(texts.values()):
            found.append(texts)
    return tuple(found)


def missing(form: Form, values: Values) -> list[FormField]:
    """The fields that must be filled in and are not."""
    return [field for field in form.field if field.required and not values.get(field.id)]


def blank(form: Form) -> dict[str, str | tuple[Row, ...]]:
    """The form as it is handed out: tables with the rows that they begin with."""
    return {field.id: field.rows if field.kind == "table" else "" for field in form.field}


def practised(form: Form) -> dict[str, str | tuple[Row, ...]]:
    """The form filled in with its examples, as an unattended rehearsal does."""
    return {field.id: field.rows if field.kind == "table" else field.example for field in form.field}


def shown(field: FormField, value: str | tuple[Row, ...] | None, language: Language) -> str:
    """A field's text as a person reads it."""
    if not isinstance(value, str):
        return ""
    chosen = next((choice for choice in field.choice if choice.id == value), None)
    return chosen.title.said(language) if chosen else value


def as_json(form: Form, values: Values) -> str:
    """The form as JSON, by the ids of its fields."""
    return json.dumps({"form": form.id, "values": dict(values)}, ensure_ascii=False, indent=2)


def as_csv(form: Form, values: Values, language: Language) -> str:
    """The form as a table with field, row and content, for a spreadsheet (semicolons, as Norwegian Excel reads)."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    for field in form.field:
        title, value = field.title.said(language), values.get(field.id, "")
        if isinstance(value, str):
            writer.writerow([_safe(title), _safe(shown(field, value, language))])
            continue
        writer.writerow([_safe(title), *(_safe(column.title.said(language)) for column in field.column)])
        for number, row in enumerate(value, 1):
            writer.writerow([number, *(_safe(row.get(column.id, "")) for column in field.column)])
    return out.getvalue()


def _safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def as_markdown(form: Form, values: Values, language: Language) -> str:
    """The form as a Markdown document."""
    lines = [f"# {form.title.said(language)}", "", form.about.said(language), ""]
    for field in form.field:
        value = values.get(field.id, "")
        lines += [f"## {field.title.said(language)}", ""]
        lines += [shown(field, value, language) or "–"] if isinstance(value, str) else _table(field, value, language)
        lines.append("")
    return "\n".join(lines)


def _table(field: FormField, rows: tuple[Row, ...], language: Language) -> list[str]:
    titles = [column.title.said(language) for column in field.column]
    lines = [f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    for row in rows:
        cells = (row.get(column.id, "").replace("|", "\\|").replace("\n", " ") for column in field.column)
        lines.append(f"| {' | '.join(cells)} |")
    return lines
