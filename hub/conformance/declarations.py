"""What a vendor declares of a product (`conformance.toml`), for the rules that no machine can decide.

[declarations]
who = "Kari Nordmann, Acme Alarm AS"
date = 2026-11-23
support-contact = "support@acme.example, hele døgnet"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hub.conformance.quality_rules import DECLARATIONS
from hub.model.errors import ConfigurationError, ConfigurationFault

_TABLE = "declarations"
_SIGNED = ("who", "date")


def read_declarations(path: Path) -> dict[str, str]:
    """The declarations in the file by their ids, with `who` gave them and the `date` (ISO 8601).

    An empty text is no declaration. Raises ConfigurationError with every fault; OSError when it can't be read.
    """
    text = path.read_text(encoding="utf-8")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        fault = ConfigurationFault(int(found[1]) if found else 0, "", f"ikke gyldig TOML ({error})")
        raise ConfigurationError([fault]) from error
    faults = [ConfigurationFault(_line(text, key), key, what) for key, what in _faults(content)]
    if faults:
        raise ConfigurationError(faults)
    table = content.get(_TABLE, {})
    told = {name: table[name].strip() for name in DECLARATIONS if table.get(name, "").strip()}
    return {"who": table["who"].strip(), "date": table["date"].isoformat(), **told} if told else {}


def _faults(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in content.keys() - {_TABLE}:
        yield name, f"ukjent nøkkel; erklæringer står under [{_TABLE}]"
    table = content.get(_TABLE, {})
    if not isinstance(table, dict):
        yield _TABLE, "må være en tabell"
        return
    for name, value in table.items():
        if name in DECLARATIONS and not isinstance(value, str):
            yield name, "må være tekst i anførselstegn"
        elif name not in DECLARATIONS and name not in _SIGNED:
            yield name, f"ukjent erklæring; de som finnes, er {', '.join(DECLARATIONS)}"
    if any(name in DECLARATIONS and value != "" for name, value in table.items()):
        yield from _unsigned(table)


def _unsigned(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    who, when = table.get("who"), table.get("date")
    if not isinstance(who, str) or not who.strip():
        yield "who", "mangler: hvem som erklærer"
    if not isinstance(when, date) or isinstance(when, datetime):
        yield "date", "mangler: dagen det er erklært, som 2026-11-23 uten anførselstegn"


def _line(text: str, key: str) -> int:
    found = re.search(rf'^\s*\[?\s*"?{re.escape(key)}"?\s*[=\].]', text, re.MULTILINE)
    return text.count("\n", 0, found.start(0) + len(found[0]) - len(found[0].lstrip())) + 1 if found else 0
