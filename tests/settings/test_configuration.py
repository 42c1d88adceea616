"""The configuration: every fault at once, in file order, with its line; and nothing but faults, whatever it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hub.model.codes import EventKind, Route
from hub.model.errors import ConfigurationError
from hub.routing import routing_table
from hub.settings import EXAMPLE, load, parse

ADAPTERS = {"fhir_rest", "journal_rest", "pull"}


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        parse(text, adapters=ADAPTERS)
    return [str(fault) for fault in raised.value.faults]


def test_the_example_is_in_order() -> None:
    found = parse(EXAMPLE, adapters=ADAPTERS)
    assert (found.mode, found.municipality[0].organisation_number) == ("test", "314159265")


def test_every_fault_is_told_at_once_in_file_order_with_its_line() -> None:
    text = """\
mode = "prøve"

[[municipality]]
organisation_number = "123456789"
name = ""
epj = { adapter = "teletype", url = "ftp://x" }
color = "red"

[[municipality]]
organisation_number = "314159265"

[[sender]]
id = "with space"
municipality = "314159265"
service_codes = ["ta", "xx"]

[[sender]]
id = "ok"
municipality = "974760673"

[routing]
alert = "nowhere"
dispense = "response_centre"
acknowledge_within_minutes = 0

[mqtt]
certificate = "only.pem"
"""
    found = faults(text)
    lines = [int(fault.split()[1].rstrip(":")) for fault in found]
    assert lines == sorted(lines)
    told = {
        1: "mode",
        4: "organisasjonsnummer",
        5: "name",
        6: "adapter",
        7: "ukjent nøkkel",
        9: "name: mangler",
        13: "emne",
        15: "service_codes",
        19: "er ikke blant kommunene",
        22: "alert",
        23: "dispense",
        24: "acknowledge_within_minutes",
        26: "certificate og key",
    }
    for line, what in told.items():
        assert any(f"linje {line}:" in fault and what in fault for fault in found), (line, what, found)


def test_a_file_that_is_no_toml_is_one_fault_with_its_line() -> None:
    (fault,) = faults('mode = "test"\n[[municipality\n')
    assert fault.startswith("linje 2:")


def test_a_file_that_cannot_be_read_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes("name = 'Bø'".encode("latin-1"))
    whys = {tmp_path / "absent.toml": "filen finnes ikke", tmp_path: "det er en mappe", latin: "UTF-8"}
    for path, why in whys.items():
        with pytest.raises(ConfigurationError, match=f"kan ikke leses: .*{why}"):
            load(path, adapters=ADAPTERS)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "notepad.toml"
    file.write_text(EXAMPLE.replace("\n", "\r\n"), encoding="utf-8-sig")
    assert load(file, adapters=ADAPTERS) == parse(EXAMPLE, adapters=ADAPTERS)


def test_the_files_that_a_file_names_must_be_there(tmp_path: Path) -> None:
    file, there = tmp_path / "config.toml", tmp_path / "there.pem"
    there.touch()
    secret = EXAMPLE.replace('"fhir_rest" }', '"fhir_rest", secret_file = "nowhere" }')
    file.write_text(f'{secret}\n[mqtt]\ncertificate = "{there}"\nkey = "nowhere"\ncolor = 1')
    with pytest.raises(ConfigurationError) as raised:
        load(file, adapters=ADAPTERS)
    told = [str(fault) for fault in raised.value.faults]
    assert len(told) == 3
    assert "secret_file: filen finnes ikke" in told[0]
    assert "mqtt.key: filen finnes ikke" in told[1]
    assert "ukjent nøkkel" in told[2]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (EXAMPLE.replace('mode = "test"', ""), "mode: mangler"),
        ('mode = "test"', "municipality: mangler"),
        (EXAMPLE + EXAMPLE[EXAMPLE.index("[[sender]]") : EXAMPLE.index("[routing]")], "id: står flere ganger"),
        (EXAMPLE.replace("314159265", "314159266"), "ikke et gyldig organisasjonsnummer"),
        (EXAMPLE.replace("Acme_Alarm_Testvik", "response-centre"), "response-centre"),
        (EXAMPLE.replace("Acme_Alarm_Testvik", "a/b"), "emne"),
        (EXAMPLE.replace("Acme_Alarm_Testvik", "a#"), "emne"),
        (EXAMPLE.replace("Acme_Alarm_Testvik", "x" * 121), "sender[1].id: kan ikke ha over 120 tegn"),
        (EXAMPLE + 'dispense = "ej"', "dispense: må være en av 'epj' eller 'none'"),
        (EXAMPLE.replace('_rest" }', '_rest", secret_file = 1 }'), "secret_file: må være tekst"),
        (EXAMPLE.replace('_rest" }', '_rest", max_in_flight = 1.5 }'), "max_in_flight: må være et heltall"),
        (EXAMPLE.replace('_rest" }', '_rest", timeout_s = "1 s" }'), "timeout_s: må være et tall"),
        (EXAMPLE + "[vkp]\nservice_codes = 1", "vkp.service_codes: må være en tabell"),
        (EXAMPLE + 'acknowledge_within_minutes = "en stund"', "acknowledge_within_minutes"),
        (EXAMPLE + "acknowledge_within_minutes = -1", "må være større enn 0"),
        (EXAMPLE + '[service_of_alert]\n"3" = "xx"', "service_of_alert"),
        (EXAMPLE + '[mqtt]\nhost = "0.0.0.0"', "mangler password_hash"),
    ],
)
def test_a_fault_is_told_in_norwegian(text: str, what: str) -> None:
    assert any(what in fault for fault in faults(text))


def test_production_asks_for_what_a_test_may_do_without() -> None:
    found = faults(EXAMPLE.replace('"test"', '"production"'))
    assert any("testnummer" in fault for fault in found)
    assert any("mangler url" in fault for fault in found)
    assert any("mangler password_hash" in fault for fault in found)


def test_minutes_may_be_fractions() -> None:
    found = parse(EXAMPLE + "acknowledge_within_minutes = 0.05", adapters=ADAPTERS)
    assert routing_table(found).acknowledge_within["314159265"].total_seconds() == 3.0


def test_a_new_municipalitys_alerts_go_to_the_response_centre_and_all_else_to_the_epj() -> None:
    table = routing_table(parse(EXAMPLE.replace('alert = "epj"', ""), adapters=ADAPTERS))
    routes = {kind: table.route("314159265", kind) for kind in EventKind}
    assert routes.pop(EventKind.ALERT) is Route.RESPONSE_CENTRE
    assert set(routes.values()) == {Route.EPJ}
    assert table.acknowledge_within["314159265"].total_seconds() == 30 * 60


def test_a_municipalitys_own_route_goes_before_the_common_one() -> None:
    text = EXAMPLE.replace('name = "Testvik"', 'name = "Testvik"\nrouting = { alert = "none" }')
    assert routing_table(parse(text, adapters=ADAPTERS)).route("314159265", EventKind.ALERT) is Route.NONE


_VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-5, 10**12), st.floats(allow_nan=False), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=6,
)
_KEYS = """mode municipality municipality.organisation_number municipality.epj municipality.epj.adapter
    municipality.epj.url municipality.routing sender sender.id sender.municipality sender.service_codes routing
    routing.alert service_of_alert mqtt http store metering client client.jwks vkp jft jft.forward pmd token_service"""


def _set(table: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    if isinstance(table, list):
        return [_set(one, path, value) for one in table]
    held = table if isinstance(table, dict) else {}
    return held | {path[0]: _set(held.get(path[0], {}), path[1:], value)}


@hypothesis_settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(_KEYS.split()), _VALUES), min_size=1, max_size=3))
def test_whatever_stands_in_the_file_the_answer_is_settings_or_faults(changes: list[tuple[str, Any]]) -> None:
    import tomllib

    table: Any = tomllib.loads(EXAMPLE)
    for key, value in changes:
        table = _set(table, key.split("."), value)
    try:
        found = parse(_toml(table), adapters=ADAPTERS)
    except ConfigurationError as error:
        found = None
        told = error.faults
    assert found is not None or told


def _toml(table: dict[str, Any]) -> str:
    """Enough of a writer: every value inline, and keys quoted."""
    return "\n".join(f"{_quoted(key)} = {_inline(value)}" for key, value in table.items())


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(k)} = {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    escaped = "".join(c if (c.isalnum() and c.isascii()) or c in "_-. :/" else f"\\U{ord(c):08x}" for c in text)
    return f'"{escaped}"'
