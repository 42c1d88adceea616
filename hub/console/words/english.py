"""What the hub writes in Norwegian wherever it is read, in English for the English pages: findings, alerts, names.

The hub keeps its texts as they were written (in quarantine, among operations' alerts), so they are said in English only
where a page shows them. `hub.en.toml` holds them by the Norwegian text; a text that isn't there stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Said:
    """A text and the language that it is in, for the page's `lang`."""

    text: str
    language: str


def in_language(language: str, text: str) -> Said:
    """`text`, which the hub wrote in Norwegian, in `language` where it can be said there; else as it is."""
    translated = english(text) if language == "en" else None
    return Said(text, "nb") if translated is None else Said(translated, "en")


def english(text: str) -> str | None:
    """The English of a text that the hub wrote, or None. What was put into it is kept, or said in English too."""
    known = _texts()
    if text in known:
        return known[text]
    for pattern, said in _patterns():
        if found := pattern.fullmatch(text):
            return said.format(**{name: english(value) or value for name, value in found.groupdict().items()})
    return None


@cache
def _texts() -> Mapping[str, str]:
    tables = tomllib.loads(Path(__file__).with_name("hub.en.toml").read_text(encoding="utf-8"))
    return {text: said for table in tables.values() for text, said in table.items()}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The texts that something is put into; what says most of its own comes first."""
    templates = [(text, said) for text, said in _texts().items() if _FIELD.search(text)]
    return tuple((_pattern(text), said) for text, said in sorted(templates, key=_own_length, reverse=True))


def _own_length(template: tuple[str, str]) -> int:
    return len(_FIELD.sub("", template[0]))


def _pattern(template: str) -> re.Pattern[str]:
    parts = _FIELD.split(template)
    return re.compile("".join(f"(?P<{p}>.+?)" if i % 2 else re.escape(p) for i, p in enumerate(parts)), re.DOTALL)
