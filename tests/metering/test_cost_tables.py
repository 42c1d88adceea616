"""What people give `knutepunkt cost`: keys, lists of the connected, changes of municipalities, and what is no use."""

from pathlib import Path

import pytest

from tests.metering.cost_line import KNOWN, RUN, cost, key_file, refused


def test_key_weights_may_have_decimals_and_norwegian_form(tmp_path: Path) -> None:
    plain = key_file(tmp_path / "a.csv")
    norwegian = tmp_path / "b.csv"
    rows = [f"{m.number.lstrip('0')};{m.population / 1000:.3f}".replace(".", ",") for m in KNOWN]
    norwegian.write_text("﻿Number;Weight\r\n" + "\r\n".join(rows) + "\r\n", encoding="utf-8")
    one, other = (cost(*RUN, "--key", str(path))["municipalities"] for path in (plain, norwegian))
    assert one == other


BAD_KEYS = [
    ({"m1101": "-3"}, "linje 3: key.csv: weight: -3 er negativt (kommune 1101)"),
    ({"m1101": "mye"}, "linje 3: key.csv: weight: 'mye' er ikke et tall"),
    ({"m1101": ""}, "linje 3: key.csv: weight: '' er ikke et tall"),
]


@pytest.mark.parametrize(("weights", "text"), BAD_KEYS)
def test_a_bad_weight_is_named_by_row(tmp_path: Path, weights: dict[str, str], text: str) -> None:
    assert text in refused(*RUN, "--key", str(key_file(tmp_path / "key.csv", **weights)))


def test_missing_unknown_and_doubled_municipalities_are_all_named(tmp_path: Path) -> None:
    path = key_file(tmp_path / "key.csv")
    lines = path.read_text().splitlines()
    lines[1] = "3005,5"
    path.write_text("\n".join([*lines, "1101,7"]))
    told = refused(*RUN, "--key", str(path))
    assert "linje 2: key.csv: number: ukjent kommune '3005': Viken ble delt 1. januar 2024" in told
    assert "key.csv: number: mangler 0301 Oslo" in told
    assert "linje 359: key.csv: number: 1101 står mer enn én gang" in told


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--total", "-5"), "--total: kan ikke være negativt"),
        (("--months", "120", "--price-change", "100", "--total", "1e9"), "--total: blir for stort med prisendringen"),
        (("--growth", "1e9"), "--growth: må være over -100 % og høyst 100 %"),
        (("--use-factor", "101"), "--use-factor: må være fra 0 til 100"),
        (("--model", "per-case", "--set", "price=1e30"), "price: 1E+30 er ikke minst 0 og høyst 1000000"),
        (
            ("--model", "per-case", "--set", "price=1e6", "--set", "factor.ta=1e6"),
            "for store til at beløpene kan deles",
        ),
        (("--state-rule", "first=1e30"), "--state-rule first=1e30: må være et tall fra 0 til"),
        (("--adoption", "0:400"), "--adoption: 400 er ikke fra 0 til 357"),
        (("--connected", "metered"), "--connected: metered krever målt bruk"),
        (("--who-first", "x"), "--who-first: må være en av 'largest', 'smallest' eller 'random'"),
        (("--total", "mye"), "--total: 'mye' er ikke et tall"),
        (("--total", "nan"), "--total: 'nan' er ikke et tall"),
        (("--total", "1.005"), "--total: har flere enn to desimaler"),
        (("--state-share", "101"), "--state-share 101: må være et tall fra 0 til 100"),
        (("--state-share", "-1"), "fra 0 til 100"),
        (("--state-share", "halvparten"), "--state-share"),
        (("--state-rule", "ta=101"), "ta=101"),
        (("--state-rule", "alle=5"), "ukjent regel"),
        (("--months", "0"), "--months: må være fra 1 til 120"),
        (("--from", "2025-13"), "'2025-13'"),
        (("--connected", "358"), "--connected: 358 er ikke fra 0 til 357"),
        (("--connected", "-1"), "--connected: -1 er ikke fra 0 til 357"),
        (("--connected", "borte.csv"), "verken all, et antall eller en fil"),
        (("--connected", "+-5"), "verken all, et antall eller en fil"),
        (("--connected", "5²"), "verken all, et antall eller en fil"),
        (("--key", "borte.csv"), "borte.csv: kan ikke leses"),
        (("--model", "gratis"), "det finnes: base-cap-floor, nhn-2024"),
        (("--set", "price=4"), "price: ukjent parameter"),
        (("--set", "price"), "må være NAVN=VERDI"),
        (("--prices", "list"), "modellen har ingen prisliste"),
        (("--adoption", "5:30"), "stigende punkter"),
        (("--adoption", "0:30,12:20"), "stigende punkter"),
        (("--prices", "gratis"), "prices"),
    ],
)
def test_bad_input_is_told_in_plain_words(arguments: tuple[str, ...], text: str) -> None:
    assert text in refused(*RUN, *arguments)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("0301,2025-13,", "linje 2: c.csv: from: '2025-13'"),
        ("0301,2025-01-99,", "linje 2: c.csv: from: '2025-01-99' er verken en måned"),
        ("0301,01.02.2025,", "linje 2: c.csv: from: '01.02.2025' er verken en måned"),
        ("0301,,", "linje 2: c.csv: from: mangler"),
        ("0301,2025-05,2025-04", "linje 2: c.csv: to: 2025-04 er før 2025-05"),
        ("0301,2025-01,2025-06\n0301,2025-06,", "linje 3: c.csv: from: 0301 har overlappende perioder"),
        ("9999,2025-01,", "linje 2: c.csv: number: ukjent kommune '9999'"),
    ],
)
def test_a_bad_list_of_the_connected_is_named_by_row(tmp_path: Path, rows: str, text: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"number,from,to\n{rows}\n")
    assert text in refused(*RUN, "--connected", str(path))


def test_a_file_without_the_right_heading_or_encoding_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "key.csv"
    path.write_text("kommune,vekt\n0301,5\n")
    assert "mangler kolonnen number, weight" in refused(*RUN, "--key", str(path))
    path.write_bytes(b"number,weight\n0301,\xe6\n")
    assert "tegnsettet UTF-8" in refused(*RUN, "--key", str(path))


def test_municipalities_that_merge_during_the_period_pay_as_one_from_then_on(tmp_path: Path) -> None:
    path = tmp_path / "changes.csv"
    rows = ["2025-07,1151,9151,,Nye Utsira", "2025-07,1146,9151,,", "2025-10,4601,4602,40,", "2025-10,4601,0301,60,"]
    path.write_text("\n".join(["month,from,to,share,name", *rows]) + "\n")
    found = cost(*RUN, "--changes", str(path))
    paid = {m["number"]: m["months"] for m in found["municipalities"]}
    assert all(paid["1151"][:6])
    assert not any(paid["1151"][6:])
    assert not any(paid["9151"][:6])
    assert paid["9151"][6] in range(paid["1151"][0] + paid["1146"][0] - 2, paid["1151"][0] + paid["1146"][0] + 3)
    assert not any(paid["4601"][9:])
    assert sum(m["total_ore"] for m in found["municipalities"]) == 12_000_000_000
    assert any("Fra juli 2025 går Utsira over i Nye Utsira" in text for text in found["sources"])


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("2025-07,1151,9151,,", "linje 2: changes.csv: to: '9151' er ny"),
        ("2025-07,1151,1146,50,", "linje 2: changes.csv: share: andelene for 1151 blir ikke 100 %"),
        ("sommer,1151,1146,,", "linje 2: changes.csv: month"),
        ("2025-07,3005,1146,,", "linje 2: changes.csv: from: ukjent kommune '3005'"),
        ("2025-07,1151,1151,,", "linje 2: changes.csv: to: 1151 går over i seg selv"),
        ("2025-07,1151,1146,,\n2025-09,1151,1149,,", "linje 3: changes.csv: from: 1151 er opphørt fra 2025-07"),
        ("2025-07,1151,1146,,\n2025-09,1149,1151,,", "linje 3: changes.csv: to: 1151 er opphørt fra 2025-07"),
        ("2025-07,1151,1146,50,\n2025-07,1151,1146,50,", "linje 3: changes.csv: to: 1146 står mer enn én gang"),
    ],
)
def test_bad_changes_are_named_by_row(tmp_path: Path, rows: str, text: str) -> None:
    path = tmp_path / "changes.csv"
    path.write_text(f"month,from,to,share,name\n{rows}\n")
    assert text in refused(*RUN, "--changes", str(path))
