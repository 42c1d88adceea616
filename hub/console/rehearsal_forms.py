"""The rehearsal's forms on a page: rows to fill in, what a page sent, and files to take away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from hub.rehearsal.forms import Form, FormField

_EMPTY_ROWS = 2
_MOST_ROWS = 40


def rows(values: Mapping[str, Any], field: FormField) -> list[dict[str, str]]:
    """A table's rows to fill in: those that are saved, or that it begins with, and some empty ones."""
    kept = values.get(field.id, field.rows)
    return [*kept, *({} for _ in range(_EMPTY_ROWS))]


def sent_values(form: Form, sent: FormData) -> dict[str, Any]:
    """The form's fields as the page sent them; a table's cells are called `field.row.column`."""
    found: dict[str, Any] = {}
    for field in form.field:
        if field.kind == "table":
            cells = [
                {column.id: str(sent.get(f"{field.id}.{row}.{column.id}", "")) for column in field.column}
                for row in range(_MOST_ROWS)
            ]
            found[field.id] = tuple(row for row in cells if any(row.values()))
        else:
            found[field.id] = str(sent.get(field.id, ""))
    return found


def file(content: bytes, media_type: str, name: str) -> Response:
    """A file that the browser keeps under `name`."""
    return Response(content, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, media_type)
