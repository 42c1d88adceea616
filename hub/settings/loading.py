"""Reads the TOML file and lists every fault at once, each with its line."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hub.model.client import client_relations
from hub.model.errors import ConfigurationError
from hub.model.person import organisation_number_is_test
from hub.model.toml_text import TomlText, text_of
from hub.model.validation import Place
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


def load(path: Path, *, adapters: Collection[str]) -> Settings:
    """The configuration in `path`. Raises ConfigurationError with every fault; `adapters` are the EPJ adapters.

    The files that it names must be there.
    """
    return _without_faults(text_of(path), adapters, _absent_files)


def parse(text: str, *, adapters: Collection[str]) -> Settings:
    """The configuration written as `text`. Raises ConfigurationError with every fault, in file order."""
    return _without_faults(text, adapters, lambda table: ())


_More = Callable[[dict[str, Any]], Iterable[tuple[Place, str]]]


def _without_faults(text: str, adapters: Collection[str], more: _More) -> Settings:
    written = TomlText.parse(text)
    table = written.table
    faults = [written.fault(at, what) for at, what in (*_relations(table, adapters), *more(table))]
    settings = None
    try:
        settings = Settings.model_validate(table)
    except ValidationError as error:
        faults += [written.refusal(dict(e)) for e in error.errors() if not _is_echo(dict(e), table)]
    if settings is None or faults:
        raise ConfigurationError(faults)
    return settings


def _absent_files(table: dict[str, Any]) -> Iterator[tuple[Place, str]]:
    """Files that the configuration names and that can't be read."""
    mqtt = table.get("mqtt")
    epjs = [(i, m.get("epj")) for i, m in enumerate(_tables(table, "municipality"))]
    named: list[tuple[Place, object]] = [
        *((("mqtt", name), mqtt.get(name)) for name in ("certificate", "key") if isinstance(mqtt, dict)),
        *((("municipality", i, "epj", "secret_file"), e.get("secret_file")) for i, e in epjs if isinstance(e, dict)),
    ]
    for at, path in named:
        if isinstance(path, str) and not os.access(path, os.R_OK):
            yield at, "filen finnes ikke eller kan ikke leses"


def _is_echo(error: dict[str, Any], table: dict[str, Any]) -> bool:
    """Whether pydantic calls a list too short only because its elements have faults of their own."""
    return error["type"] == "too_short" and bool(table.get(error["loc"][0]))


def _relations(table: dict[str, Any], adapters: Collection[str]) -> Iterator[tuple[Place, str]]:
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


def _path(dotted: str) -> Place:
    """The path that `dotted` would write like this."""
    return tuple(int(i) - 1 if i else name for name, i in re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", dotted))


def _epj_relations(
    i: int, epj: object, adapters: Collection[str], *, is_production: bool
) -> Iterator[tuple[Place, str]]:
    chosen = epj if isinstance(epj, dict) else {}
    adapter = chosen.get("adapter", "fhir_rest")
    if isinstance(adapter, str) and adapter not in adapters:
        yield ("municipality", i, "epj", "adapter"), f"må være en av {', '.join(sorted(adapters))}"
    if is_production and "url" not in chosen and adapter != "pull":
        yield ("municipality", i, "epj"), "mangler url; simulert EPJ startes bare når mode er «test»"


def _tables(table: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = table.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
