"""A TOML file that a person wrote: read whole, with the line of each table and key, so that faults can name it."""

from __future__ import annotations

import errno
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.validation import Place, dotted, in_norwegian

_KNOWN = {errno.ENOENT: "filen finnes ikke", errno.EISDIR: "det er en mappe", errno.EACCES: "ingen tilgang"}


def text_of(path: Path, *, named: str = "", hint: str = "") -> str:
    """What the file holds. Raises ConfigurationError, about `named`, when it can't be read; `hint` ends what is said.

    Some editors begin a file with a byte order mark, which is left out.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        why = _KNOWN.get(error.errno or 0, type(error).__name__)
        raise ConfigurationError([ConfigurationFault(0, named, f"kan ikke leses: {why}{hint}")]) from error
    except UnicodeDecodeError as error:
        fault = ConfigurationFault(0, named, "kan ikke leses: tegnene er ikke kodet i UTF-8")
        raise ConfigurationError([fault]) from error


@dataclass(frozen=True, slots=True)
class TomlText:
    """The file's `table`, and where each part of it stands."""

    table: dict[str, Any]
    _lines: Mapping[Place, int]

    @classmethod
    def parse(cls, text: str, *, named: str = "") -> Self:
        """Read `text`. Raises ConfigurationError, about `named`, with the line where it is no TOML."""
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            fault = ConfigurationFault(int(found[1]) if found else 0, named, f"ikke gyldig TOML ({error})")
            raise ConfigurationError([fault]) from error
        return cls(table, _lines_of(text))

    def fault(self, at: Place, what: str) -> ConfigurationFault:
        """`what` is wrong at `at`, with its line, or that of the nearest around it."""
        return ConfigurationFault(self._line(at), dotted(at), what)

    def refusal(self, error: Mapping[str, Any]) -> ConfigurationFault:
        """One of pydantic's `errors()` about the table."""
        return self.fault(error["loc"], in_norwegian(error))

    def _line(self, at: Place) -> int:
        while at and at not in self._lines:
            at = at[:-1]
        return self._lines.get(at, 0)


def _lines_of(text: str) -> dict[Place, int]:
    """The line on which each table and key of `text` begins (text known to be valid TOML)."""
    lines: dict[Place, int] = {}
    counts: Counter[str] = Counter()
    table: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([\w.\-\"' ]+?)\s*\]", line):
            table = _table_place(header[2], counts, is_array=header[1] == "[[")
            lines.setdefault(table, number)
        elif key := re.match(r"\s*(?:\"([^\"]+)\"|([\w\-.]+))\s*=\s*(.*)", line):
            at = (*table, *([key[1]] if key[1] else key[2].split(".")))
            lines.setdefault(at, number)
            for inner in re.findall(r"([\w\-]+)\s*=", key[3]) if key[3].startswith("{") else ():
                lines.setdefault((*at, inner), number)
    return lines


def _table_place(name: str, counts: Counter[str], *, is_array: bool) -> Place:
    parts = [part.strip(" \"'") for part in name.split(".")]
    if is_array:
        counts[name] += 1
    place: list[str | int] = []
    for i, part in enumerate(parts):
        place.append(part)
        if count := counts[".".join(parts[: i + 1])]:
            place.append(count - 1)
    return tuple(place)
