"""The example configuration and the table of keys, held against the models that read them."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache

import pytest

from hub.plugins import EPJ_ADAPTERS, discover
from hub.settings import Settings
from hub.settings.loading import parse
from tests.docs.configuration_keys import Key, keys
from tests.optional import ROOT

EXAMPLE = ROOT / "config.example.toml"
TABLE = ROOT / "docs" / "configuration.md"


@cache
def everything_on() -> str:
    """The example with every key that is commented out switched on."""
    return re.sub(r"^#(?=[a-z\[])", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_example_is_in_order() -> None:
    command = [sys.executable, "-m", "hub.cli", "config", "check", str(EXAMPLE)]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "i orden" in checked.stdout


def test_the_example_is_in_order_with_all_that_is_commented_out() -> None:
    assert isinstance(parse(everything_on(), adapters=discover(EPJ_ADAPTERS)), Settings)


def test_what_the_example_calls_a_default_is_one() -> None:
    plain = parse(EXAMPLE.read_text(encoding="utf-8"), adapters=discover(EPJ_ADAPTERS))
    full = parse(everything_on(), adapters=discover(EPJ_ADAPTERS))
    assert plain.service_of_alert == Settings.model_fields["service_of_alert"].default
    for name in ("timeout_s", "max_in_flight"):
        assert getattr(full.municipality[0].epj, name) == getattr(plain.municipality[0].epj, name)
    assert (full.mqtt.host, full.http.host, full.metering) == (plain.mqtt.host, plain.http.host, plain.metering)


@pytest.mark.parametrize("key", keys(), ids=lambda key: key.name)
def test_every_key_is_in_the_example(key: Key) -> None:
    name = key.name.rpartition(".")[2]
    assert re.search(rf"(^|[{{, ]){name} = |^\[{name}\]", everything_on(), re.MULTILINE), key.name


def test_the_table_has_every_key_as_the_models_have_it() -> None:
    rows = TABLE.read_text(encoding="utf-8").splitlines()
    explained = {row.split("`")[1]: row for row in rows if row.startswith("| `")}
    wanted = {key.name: key.row for key in keys()}
    assert explained.keys() == wanted.keys(), "python -m tests.docs.configuration_keys prints the rows"
    assert [row for name, row in wanted.items() if not explained[name].startswith(row)] == []


def test_every_row_of_the_table_says_what_the_key_does() -> None:
    rows = [row for row in TABLE.read_text(encoding="utf-8").splitlines() if row.startswith("| `")]
    assert [row for row in rows if len(row.rstrip("| ").rpartition("| ")[2]) < 10] == []
