"""The configuration's keys as its models have them; `python -m tests.docs.configuration_keys` prints a table."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.settings import Settings


@dataclass(frozen=True)
class Key:
    """A key as it is written in a configuration, the values that it takes, and its default."""

    name: str
    values: str
    default: str

    @property
    def row(self) -> str:
        """The beginning of the key's row in docs/operations.md."""
        return f"| `{self.name}` | {self.values} | {self.default} |"


def keys() -> list[Key]:
    """Every key, in the models' order; `[]` stands for one of several tables."""
    schema = Settings.model_json_schema()
    return list(_keys(schema, schema["$defs"], ""))


def _keys(model: dict[str, Any], definitions: dict[str, Any], before: str) -> Iterator[Key]:
    required = set(model.get("required", ()))
    for name, field in model["properties"].items():
        place = f"{before}{name}"
        found = _resolved(field, definitions)
        if "properties" in found:
            yield from _keys(found, definitions, f"{place}.")
        elif "properties" in (inner := _resolved(found.get("items", {}), definitions)):
            yield from _keys(inner, definitions, f"{place}[].")
        else:
            yield Key(place, _values(found, definitions), _default(field, name in required))


def _resolved(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The field without its reference, and without the null that only says that it may be left out."""
    if "$ref" in field:
        return dict(definitions[field["$ref"].rsplit("/", 1)[1]])
    choices = [choice for choice in field.get("anyOf", ()) if choice.get("type") != "null"]
    return _resolved(choices[0], definitions) if len(choices) == 1 else field


def _values(field: dict[str, Any], definitions: dict[str, Any]) -> str:
    field = _resolved(field, definitions)
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        items = field.get("items", {})
        return "list" if not items else f"list of {_values(items, definitions)}"
    if field.get("type") == "object":
        return "table"
    if "anyOf" in field:
        return " or ".join(_values(choice, definitions) for choice in field["anyOf"])
    words = {
        "string": "file" if field.get("format") == "path" else "text",
        "number": "number",
        "integer": "whole number",
    }
    return words.get(field.get("type", ""), field.get("type", "any")) + _limits(field)


def _limits(field: dict[str, Any]) -> str:
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum")
    if low is None and high is None:
        return ""
    above = "over " if "exclusiveMinimum" in field else "from "
    return " " + (f"{above}{low:g}" if low is not None else "") + (f" to {high:g}" if high is not None else "")


def _default(field: dict[str, Any], required: bool) -> str:  # as the schema says
    if required:
        return "**must be set**"
    value = field.get("default")
    if value is None or value in ([], {}):
        return "–"
    if isinstance(value, (dict, list)):
        return "see below" if isinstance(value, dict) else ", ".join(f"`{one}`" for one in value)
    return f"`{json.dumps(value)}`" if not isinstance(value, str) else f"`{value}`"


if __name__ == "__main__":
    sys.stdout.writelines(f"{key.row}  |\n" for key in keys())
