"""Reads the TOML file and lists every fault at once, each with its line."""

from __future__ import annotations

import errno
import os
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hub.model.client import client_relations
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.person import organisation_number_is_test
from hub.settings.national import national_relations
from hub.settings.schema import LOOPBACK_NAMES, Settings

EXAMPLE = """\
mode = "test"

[[municipality]]
organisation_number = "314159265"
name = "Testvik"
epj = { adapter = "fhir_rest" }

[[sender]]
id = "Acme_Alarm_Testvik"
municipality = "314159265"
service_codes = ["ta", "md", "dt", "gps", "dho"]

[routing]
alert = "epj"
"""

_Path = tuple[str | int, ...]

_NORWEGIAN = {
    "missing": "mangler",
    "extra_forbidden": "ukjent nøkkel",
    "string_type": "må være tekst i anførselstegn",
    "too_short": "må ha minst ett innslag",
    "bool_type": "må være true eller false",
    "int_type": "må være et heltall",
    "float_type": "må være et tall",
    "string_pattern_mismatch": "har ikke riktig form (mønster {pattern})",
    "model_type": "må være en tabell",
    "tuple_type": "må være en liste",
    "greater_than": "må være større enn {gt}",
    "greater_than_equal": "må være minst {ge}",
    "less_than_equal": "kan ikke være over {le}",
    "string_too_short": "kan ikke være tom",
    "string_too_long": "kan ikke ha over {max_length} tegn",
    "int_from_float": "må være et heltall",
    "int_parsing": "må være et heltall",
    "float_parsing": "må være et tall",
    "finite_number": "må være et endelig tall",
    "path_type": "må være tekst i anførselstegn",
    "dict_type": "må være en tabell",
}
_ENUMERATED = re.compile(r"<\w+\.\w+: ('[^']*')>")


def load(path: Path, *, adapters: Collection[str]) -> Settings:
    """The configuration in `path`. Raises ConfigurationError with every fault; `adapters` are the EPJ adapters.

    The files that it names must be there.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors begin a file with a byte order mark
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([ConfigurationFault(0, "", f"kan ikke leses: {_why(error)}")]) from error
    return _without_faults(text, adapters, _absent_files)


def _why(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "tegnene er ikke kodet i UTF-8"
    known = {errno.ENOENT: "filen finnes ikke", errno.EISDIR: "det er en mappe", errno.EACCES: "ingen tilgang"}
    return known.get(error.errno or 0, type(error).__name__)


def parse(text: str, *, adapters: Collection[str]) -> Settings:
    """The configuration written as `text`. Raises ConfigurationError with every fault, in file order."""
    return _without_faults(text, adapters, lambda table: ())


_More = Callable[[dict[str, Any]], Iterable[tuple[_Path, str]]]


def _without_faults(text: str, adapters: Collection[str], more: _More) -> Settings:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        fault = ConfigurationFault(int(found[1]) if found else 0, "", f"ikke gyldig TOML ({error})")
        raise ConfigurationError([fault]) from error
    lines = _lines_of(text)
    told = (*_relations(table, adapters), *more(table))
    faults = [ConfigurationFault(_line(lines, at), _dotted(at), what) for at, what in told]
    settings = None
    try:
        settings = Settings.model_validate(table)
    except ValidationError as error:
        faults += [_fault(dict(e), lines) for e in error.errors() if not _is_echo(dict(e), table)]
    if settings is None or faults:
        raise ConfigurationError(faults)
    return settings


def _absent_files(table: dict[str, Any]) -> Iterator[tuple[_Path, str]]:
    """Files that the configuration names and that can't be read."""
    mqtt = table.get("mqtt")
    epjs = [(i, m.get("epj")) for i, m in enumerate(_tables(table, "municipality"))]
    named: list[tuple[_Path, object]] = [
        *((("mqtt", name), mqtt.get(name)) for name in ("certificate", "key") if isinstance(mqtt, dict)),
        *((("municipality", i, "epj", "secret_file"), e.get("secret_file")) for i, e in epjs if isinstance(e, dict)),
    ]
    for at, path in named:
        if isinstance(path, str) and not os.access(path, os.R_OK):
            yield at, "filen finnes ikke eller kan ikke leses"


def _is_echo(error: dict[str, Any], table: dict[str, Any]) -> bool:
    """Whether pydantic calls a list too short only because its elements have faults of their own."""
    return error["type"] == "too_short" and bool(table.get(error["loc"][0]))


def _fault(error: dict[str, Any], lines: dict[_Path, int]) -> ConfigurationFault:
    at: _Path = error["loc"]
    return ConfigurationFault(_line(lines, at), _dotted(at), in_norwegian(error))


def in_norwegian(error: Mapping[str, Any]) -> str:
    """What one of pydantic's `errors()` says, for people."""
    if error["type"] in {"enum", "literal_error"}:
        values = _ENUMERATED.sub(r"\1", error["ctx"]["expected"])
        return f"må være en av {values.replace(' or ', ' eller ')}"
    known = _NORWEGIAN.get(error["type"])
    return known.format(**error.get("ctx", {})) if known else str(error["msg"]).removeprefix("Value error, ")


def _relations(table: dict[str, Any], adapters: Collection[str]) -> Iterator[tuple[_Path, str]]:
    """What no single key can tell: doubles, and names that must exist elsewhere. Takes the table unchecked."""
    is_production = table.get("mode") == "production"
    mqtt = table.get("mqtt")
    is_reachable = isinstance(mqtt, dict) and mqtt.get("host", "localhost") not in LOOPBACK_NAMES
    municipalities, senders = _tables(table, "municipality"), _tables(table, "sender")
    numbers = Counter(str(m.get("organisation_number")) for m in municipalities)
    ids = Counter(str(s.get("id")) for s in senders)
    for i, m in enumerate(municipalities):
        number = str(m.get("organisation_number"))
        if numbers[number] > 1:
            yield ("municipality", i, "organisation_number"), "står flere ganger"
        if is_production and organisation_number_is_test(number):
            yield ("municipality", i, "organisation_number"), "er et testnummer, bare tillatt når mode er «test»"
        yield from _epj_relations(i, m.get("epj"), adapters, is_production=is_production)
    for i, s in enumerate(senders):
        if ids[str(s.get("id"))] > 1:
            yield ("sender", i, "id"), "står flere ganger"
        if "municipality" in s and str(s["municipality"]) not in numbers:
            yield ("sender", i, "municipality"), "er ikke blant kommunene i filen"
        if (is_production or is_reachable) and "password_hash" not in s:
            where = "utenfor testmodus på egen maskin"
            yield ("sender", i), f"mangler password_hash; {where} må avsendere logge inn på MQTT"
    yield from national_relations(table)
    yield from ((_path(fault.key), fault.text) for fault in client_relations(table))


def _path(dotted: str) -> _Path:
    """The path that `_dotted` would write like this."""
    return tuple(int(i) - 1 if i else name for name, i in re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", dotted))


def _epj_relations(
    i: int, epj: object, adapters: Collection[str], *, is_production: bool
) -> Iterator[tuple[_Path, str]]:
    chosen = epj if isinstance(epj, dict) else {}
    adapter = chosen.get("adapter", "fhir_rest")
    if isinstance(adapter, str) and adapter not in adapters:
        yield ("municipality", i, "epj", "adapter"), f"må være en av {', '.join(sorted(adapters))}"
    if is_production and "url" not in chosen and adapter != "pull":
        yield ("municipality", i, "epj"), "mangler url; simulert EPJ startes bare når mode er «test»"


def _tables(table: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = table.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _dotted(at: _Path) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in at).lstrip(".")


def _line(lines: dict[_Path, int], at: _Path) -> int:
    while at and at not in lines:
        at = at[:-1]
    return lines.get(at, 0)


def _lines_of(text: str) -> dict[_Path, int]:
    """The line on which each table and key of `text` begins (text known to be valid TOML)."""
    lines: dict[_Path, int] = {}
    counts: Counter[str] = Counter()
    table: _Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([\w.\-\"' ]+?)\s*\]", line):
            table = _table_path(header[2], counts, is_array=header[1] == "[[")
            lines.setdefault(table, number)
        elif key := re.match(r"\s*([\w\-.\"]+)\s*=\s*(.*)", line):
            at = (*table, *(part.strip('"') for part in key[1].split(".")))
            lines.setdefault(at, number)
            for inner in re.findall(r"([\w\-]+)\s*=", key[2]) if key[2].startswith("{") else ():
                lines.setdefault((*at, inner), number)
    return lines


def _table_path(name: str, counts: Counter[str], *, is_array: bool) -> _Path:
    parts = [part.strip(" \"'") for part in name.split(".")]
    if is_array:
        counts[name] += 1
    path: list[str | int] = []
    for i, part in enumerate(parts):
        path.append(part)
        if count := counts[".".join(parts[: i + 1])]:
            path.append(count - 1)
    return tuple(path)
