"""`knutepunkt cost run`: what others script against."""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from hub.cli.cost import app
from hub.metering.month import Month
from hub.metering.municipalities import read_municipalities
from hub.metering.order_form import OrderForm, order_of
from hub.metering.run import run
from hub.metering.run_answer import RunAnswer, run_answer
from hub.model.money import split
from tests.metering.ledgers import OSLO_NUMBER, UTSIRA_NUMBER, case, ledger_file

KNOWN = read_municipalities()


def cost(*arguments: str) -> Any:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return result.stderr


RUN = ("run", "--model", "nhn-2024", "--total", "120000000", "--from", "2025-01", "--months", "12", "--json")


def answer(**fields: Any) -> RunAnswer:
    form = {"model": "nhn-2024", "total": "120000000", "from": "2025-01", **fields}
    return run_answer(run(order_of(OrderForm.model_validate(form))))


def key_file(path: Path, **weights: str) -> Path:
    rows = [f"{m.number},{weights.get('m' + m.number, m.population)}" for m in KNOWN]
    path.write_text("\n".join(["number,weight", *rows]) + "\n", encoding="utf-8")
    return path


def test_the_answer_has_what_others_script_against() -> None:
    found = cost(*RUN)
    assert found["total_ore"] == 12_000_000_000
    assert found["state_ore"] == 0
    assert len(found["municipalities"]) == 357
    oslo = found["municipalities"][0]
    assert (oslo["number"], oslo["name"]) == ("0301", "Oslo")
    assert oslo["fixed_ore"] + oslo["variable_ore"] == oslo["total_ore"] == sum(oslo["months"])
    assert len(oslo["months"]) == 12


@given(
    total=st.integers(0, 10**13 - 1),
    first=st.integers(1, 12),
    months=st.integers(1, 26),
    percent=st.decimals(0, 100, places=2),
    connected=st.integers(0, 357),
    seed=st.one_of(st.none(), st.integers(0, 99)),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_level_sums_to_the_one_above_for_all_municipalities(
    total: int, first: int, months: int, percent: Decimal, connected: int, seed: int | None
) -> None:
    found = answer(
        total=f"{Decimal(total) / 100:f}",
        **{"from": f"2025-{first:02}"},
        months=months,
        state_share=str(percent),
        connected=str(connected),
        seed=seed,
    )
    assert found.total_ore == found.state_ore + sum(m.total_ore for m in found.municipalities) + found.carried_ore
    for t, month in enumerate(found.months):
        paid = sum(m.months[t] for m in found.municipalities)
        assert month.fixed_ore + month.variable_ore == paid
        assert month.total_ore + month.carried_in_ore == month.state_ore + paid + month.carried_out_ore
    whole_years = [m for m in found.months if m.month[:4] == "2026"]
    if len(whole_years) == 12:
        assert sum(m.total_ore for m in whole_years) == total


def test_the_first_year_by_hand_is_what_comes_out(tmp_path: Path) -> None:
    """The whole of nhn-2024 over again, in plain integers, for 50 connected and 40 per cent from the state."""
    found = cost(*RUN, "--connected", "50", "--state-share", "40", "--key", str(key_file(tmp_path / "key.csv")))

    weights = [m.population for m in KNOWN]
    largest = sorted(range(357), key=lambda i: -weights[i])[:50]
    in_use = [w if i in largest else 0 for i, w in enumerate(weights)]
    assert found["state_ore"] == 4_800_000_000
    month = 7_200_000_000 // 12
    fixed, variable = split(month // 2, weights), split(month // 2, in_use)
    for one, f, v in zip(found["municipalities"], fixed, variable, strict=True):
        assert (one["fixed_ore"], one["variable_ore"], one["months"]) == (12 * f, 12 * v, [f + v] * 12)
    assert found["warnings"] == []
    assert not found["key"]["is_stand_in"]


def test_a_table_made_with_the_stand_in_key_says_so() -> None:
    assert "IKKE DEN VIRKELIGE" in cost(*RUN)["warnings"][0]
    text = CliRunner().invoke(app, list(RUN[:-1])).stdout
    assert "IKKE DEN VIRKELIGE KOSTNADSNØKKELEN" in text
    assert "120 000 000,00".replace(" ", "\N{NO-BREAK SPACE}") in text


def test_a_month_with_nobody_connected_carries_its_variable_half_forward(tmp_path: Path) -> None:
    path = tmp_path / "connected.csv"
    path.write_text("number,from,to\n0301,2025-03,2025-04\n301,2025-06,\n")
    found = cost(*RUN, "--connected", str(path))
    oslo = found["municipalities"][0]
    fixed = oslo["fixed_ore"] // 12
    half = 500_000_000
    assert [m - fixed for m in oslo["months"]] == [0, 0, 3 * half, half, 0, 2 * half, *[half] * 6]
    assert [(line["month"], line["ore"]) for line in found["lines"]] == [
        ("2025-01", half),
        ("2025-02", 2 * half),
        ("2025-05", half),
    ]
    assert found["carried_ore"] == 0


def test_with_nobody_connected_at_all_the_variable_half_is_left_over() -> None:
    found = cost(*RUN, "--connected", "0")
    assert found["carried_ore"] == 6_000_000_000
    assert found["total_ore"] == sum(m["total_ore"] for m in found["municipalities"]) + found["carried_ore"]


def test_a_count_is_the_largest_or_drawn_with_a_seed() -> None:
    def in_use(*more: str) -> set[str]:
        found = cost(*RUN, "--connected", "3", *more)
        return {m["name"] for m in found["municipalities"] if m["variable_ore"]}

    assert in_use() == {"Oslo", "Bergen", "Trondheim"}
    assert in_use("--seed", "4") == in_use("--seed", "4") != in_use("--seed", "5")


def test_a_quarter_is_a_quarter_and_months_do_not_change_with_the_period() -> None:
    year = answer(total="100000000", state_share="40")
    quarter = answer(total="100000000", state_share="40", months=3, **{"from": "2025-04"})
    assert quarter.total_ore == 2_500_000_000
    assert quarter.state_ore == 1_000_000_000
    for whole, part in zip(year.municipalities, quarter.municipalities, strict=True):
        assert whole.months[3:6] == part.months


def test_key_weights_may_have_decimals_and_norwegian_form(tmp_path: Path) -> None:
    plain = key_file(tmp_path / "a.csv")
    norwegian = tmp_path / "b.csv"
    rows = [f"{m.number.lstrip('0')};{m.population / 1000:.3f}".replace(".", ",") for m in KNOWN]
    norwegian.write_text("﻿Number;Weight\r\n" + "\r\n".join(rows) + "\r\n", encoding="utf-8")
    one, other = (cost(*RUN, "--key", str(path))["municipalities"] for path in (plain, norwegian))
    assert one == other


def test_weights_with_all_their_decimals_share_to_the_ore() -> None:
    weights = [Decimal(repr(m.population**0.5 / 23_456.789)) for m in KNOWN]
    rows = [f"{m.number},{weight}" for m, weight in zip(KNOWN, weights, strict=True)]
    found = answer(total="123456789.01", key_csv="number,weight\n" + "\n".join(rows), months=24)
    exact = [int(weight * 10**25) for weight in weights]
    for t, month in enumerate(found.months):
        expected = [a + b for a, b in zip(split(month.fixed_ore, exact), split(month.variable_ore, exact), strict=True)]
        assert [m.months[t] for m in found.municipalities] == expected


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


def test_what_is_metered_under_an_ended_number_falls_on_those_that_took_over(tmp_path: Path) -> None:
    records = [case(n, day=f"2025-0{m}-05") for n, m in enumerate((1, 2, 3))]
    records += [case(9, day="2025-03-06", municipality="9301"), case(10, day="2025-03-06", municipality=UTSIRA_NUMBER)]
    changes = tmp_path / "changes.csv"
    changes.write_text(
        "month,from,to,share,name\n2025-02,0301,9301,,Nye Oslo\n2025-03,9301,9301,50,\n2025-03,9301,1151,50,\n"
    )
    ledger = ledger_file(tmp_path / "use.csv", records, "csv")
    run_of = (*RUN, "--months", "3", "--model", "per-case", "--use", str(ledger), "--changes", str(changes))
    paid = {m["number"]: m["months"] for m in cost(*run_of)["municipalities"]}
    month = 1_000_000_000
    assert paid["0301"] == [month, 0, 0]
    assert paid["9301"] == [0, month, 333_333_333]
    assert paid["1151"] == [0, 0, 666_666_667]


def test_metered_use_decides_who_pays_when_a_ledger_is_given(tmp_path: Path) -> None:
    records = [case(n, day="2025-02-10") for n in range(3)] + [case(9, municipality="4601", day="2025-02-11")]
    path = ledger_file(tmp_path / "use.ndjson", records, "cloudevents")
    found = cost(
        "run",
        "--model",
        "per-case",
        "--total",
        "1200",
        "--from",
        "2025-02",
        "--months",
        "1",
        "--use",
        str(path),
        "--json",
    )
    paid = {m["number"]: m["total_ore"] for m in found["municipalities"] if m["total_ore"]}
    assert paid == {"0301": 75_00, "4601": 25_00}
    assert any("use.ndjson" in text for text in found["sources"])


def test_metered_can_also_mean_who_is_connected(tmp_path: Path) -> None:
    path = ledger_file(tmp_path / "use.csv", [case(1, municipality=OSLO_NUMBER, day="2025-02-10")], "csv")
    found = cost(*RUN, "--connected", "metered", "--use", str(path))
    variable = [m for m in found["municipalities"] if m["variable_ore"]]
    assert [m["number"] for m in variable] == ["0301"]
    assert found["months"][0]["carried_out_ore"] > 0


def test_a_simulated_day_can_be_scaled_up(tmp_path: Path) -> None:
    day = [case(n, municipality="314159265", patient=n % 5) for n in range(20)]
    path = ledger_file(tmp_path / "day.parquet", day)
    found = cost(
        "run", "--model", "per-case", "--total", "1200000", "--from", "2025-01", "--sample", str(path), "--json"
    )
    assert found["municipal_ore"] == 120_000_000
    assert any("ganget opp" in text for text in found["sources"])
    assert "kan ikke brukes sammen" in refused(*RUN, "--use", str(path), "--sample", str(path))


def test_growth_and_price_change_are_counted_by_the_year() -> None:
    found = answer(total="1000", months=24, price_change="10")
    assert found.total_ore == 100_000 + 110_000
    assert any("10 %" in text for text in found.assumptions)


def test_state_rules_on_single_bills() -> None:
    small = answer(total="100000000", state_rules=["small=5000"])
    free = [m for m in small.municipalities if not m.total_ore]
    assert {m.number for m in free} == {m.number for m in KNOWN if m.population < 5000}
    first = answer(total="100000000", state_rules=["first=5"])
    plain = answer(total="100000000")
    oslo, before = first.municipalities[0], plain.municipalities[0]
    assert before.total_ore - oslo.total_ore == 717_710 * 500
    service = answer(
        model="per-case", total="100000000", state_rules=["ta=100", "md=100", "gps=100", "dt=100", "dho=100"]
    )
    assert service.state_ore == service.total_ore


def test_adoption_over_time_starts_with_thirty_and_ends_with_all() -> None:
    found = answer(months=72, adoption="default", growth="2")
    joined = [sum(1 for m in found.municipalities if m.months[t]) for t in (0, 71)]
    assert joined == [357, 357]
    per_case = answer(model="per-case", months=72, adoption="default")
    paying = [sum(1 for m in per_case.municipalities if m.months[t]) for t in (0, 12, 71)]
    assert paying[0] == 30
    assert paying[1] == 50
    assert paying[2] > 350


def test_the_models_are_listed_with_formula_and_parameters() -> None:
    found = cost("models", "--json")
    assert {"nhn-2024", "per-case"} <= {m["name"] for m in found}
    text = CliRunner().invoke(app, ["models", "tiers"]).stdout
    assert "w(i)" in text
    assert "step1" in text


def test_a_ledger_is_exported_and_counted(tmp_path: Path) -> None:
    path = ledger_file(tmp_path / "use.parquet", [case(1), case(2)])
    result = CliRunner().invoke(app, ["export", str(path), "--format", "csv", "--out", str(tmp_path / "use.csv")])
    assert result.exit_code == 0
    assert "2 poster" in result.stdout
    assert len(list(csv.DictReader((tmp_path / "use.csv").open()))) == 2


def test_months_are_whole_calendar_months() -> None:
    assert Month.parse("2024-02").days == 29
    assert str(Month(2025, 12).plus(1)) == "2026-01"
    assert Month(2025, 5).norwegian == "mai 2025"
