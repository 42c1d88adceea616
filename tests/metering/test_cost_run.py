"""`knutepunkt cost run`: what others script against."""

from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from hub.cli.cost import app
from hub.metering.month import Month
from hub.model.money import split
from tests.metering.cost_line import KNOWN, RUN, answer, cost, key_file


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


def test_weights_with_all_their_decimals_share_to_the_ore() -> None:
    weights = [Decimal(repr(m.population**0.5 / 23_456.789)) for m in KNOWN]
    rows = [f"{m.number},{weight}" for m, weight in zip(KNOWN, weights, strict=True)]
    found = answer(total="123456789.01", key_csv="number,weight\n" + "\n".join(rows), months=24)
    exact = [int(weight * 10**25) for weight in weights]
    for t, month in enumerate(found.months):
        expected = [a + b for a, b in zip(split(month.fixed_ore, exact), split(month.variable_ore, exact), strict=True)]
        assert [m.months[t] for m in found.municipalities] == expected


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


def test_months_are_whole_calendar_months() -> None:
    assert Month.parse("2024-02").days == 29
    assert str(Month(2025, 12).plus(1)) == "2026-01"
    assert Month(2025, 5).norwegian == "mai 2025"
