"""What the pages say, in Norwegian (bokmål) and English: one table per language, with the same keys."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("nb", "en")


@cache
def words(language: str) -> Mapping[str, str]:
    """Every text of `language` by its dotted key. Raises FileNotFoundError for a language that isn't one of ours."""
    table = tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text(encoding="utf-8"))
    return dict(_flat(table, ""))


def say(language: str, key: str, **values: object) -> str:
    """The text called `key`, with `values` put in. Raises KeyError for an unknown key."""
    text = words(language)[key]
    return text.format(**values) if values else text


def say_or(language: str, key: str, otherwise: str) -> str:
    """The text called `key`, or `otherwise` where nobody has given it one."""
    return words(language).get(key, otherwise)


def _flat(table: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{before}.{name}" if before else name
        if isinstance(value, dict):
            yield from _flat(value, key)
        else:
            yield key, str(value)
