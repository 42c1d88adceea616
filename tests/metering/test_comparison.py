"""The measures that a comparison rests on, against what can be worked out by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.metering.break_even import break_even_use, effect_of_one_more
from hub.metering.municipalities import read_municipalities
from hub.metering.order_form import OrderForm, order_of
from hub.metering.run import Run, run
from hub.metering.simulation import simulate
from hub.metering.spread import gini, small_bill_swing
from hub.model.errors import ConfigurationError

KNOWN = read_municipalities()
OSLO = 0


def run_of(model: str, **fields: Any) -> Run:
    return run(order_of(OrderForm.model_validate({"model": model, "total": "100000000", "from": "2025-01", **fields})))


def test_gini_is_nought_for_equals_and_near_one_when_one_has_all() -> None:
    assert gini(np.full(10, 7.0)) == pytest.approx(0)
    assert gini(np.array([0.0] * 9 + [5.0])) == pytest.approx(0.9)
    assert gini(np.array([1.0, 3.0])) == pytest.approx(0.25)
    assert gini(np.zeros(3)) == 0


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=30))
def test_gini_is_the_mean_difference_by_its_definition(amounts: list[float]) -> None:
    values = np.array(amounts)
    whole = values.sum()
    expected = np.abs(values[:, None] - values).sum() / (2 * len(values) * whole) if whole else 0.0
    assert gini(values) == pytest.approx(expected, abs=1e-9)


def test_the_swing_of_a_small_bill_is_of_small_municipalities_only() -> None:
    bills = np.array([[100, 5000], [100, 1], [200, 9000]])
    assert small_bill_swing(bills, np.array([1000, 50_000])) == pytest.approx((180 - 100) / 100)
    assert small_bill_swing(bills, np.array([9000, 50_000])) == 0


def test_the_same_seed_gives_the_same_draws_whatever_the_number_of_workers() -> None:
    runs = [run_of("per-case", months=6, adoption="0:30,3:50", who_first="random")]
    one, two = (simulate(runs, draws=10, seed=7, workers=n)[0] for n in (1, 2))
    other = simulate(runs, draws=10, seed=8)[0]
    assert np.array_equal(one.municipal, two.municipal)
    assert not np.array_equal(one.municipal, other.municipal)
    longer = simulate(runs, draws=12, seed=7)[0]
    assert np.array_equal(longer.municipal[:8], one.municipal[:8])


def test_every_draw_sums_to_its_own_total() -> None:
    for model in ("nhn-2024", "base-cap-floor", "transition"):
        found = simulate([run_of(model, months=12, adoption="default", state_share="40")], draws=6, seed=1)[0]
        assert (found.gross == found.state + found.municipal.sum(axis=-1)).all()
        assert len(set(found.gross[:, 0].tolist())) > 1


def test_break_even_use_is_where_the_two_bills_meet() -> None:
    base, by_use = run_of("nhn-2024"), run_of("per-case")
    factor = break_even_use(by_use, base, OSLO)
    assert factor is not None
    # by hand: f*u / (U - u + f*u) = the key's share, for Oslo's cases u of all U
    cases = by_use.world.cases[0, 0].sum(axis=-1).astype(float)
    own, rest = cases[OSLO], cases.sum() - cases[OSLO]
    share = base.charges.municipal[0, 0, OSLO] / base.charges.gross[0, 0]
    assert factor == pytest.approx(share * rest / (own * (1 - share)), rel=0.01)
    assert break_even_use(run_of("per-inhabitant"), base, OSLO) is None


def test_one_more_joining_saves_the_others_its_part_of_the_variable_half() -> None:
    before, after = run_of("nhn-2024", connected="30", months=1), run_of("nhn-2024", connected="31", months=1)
    members = before.world.connected[0, 0]
    saved = (before.charges.municipal - after.charges.municipal)[0, 0][members].sum()
    assert effect_of_one_more(before) == saved > 0
    assert effect_of_one_more(run_of("per-inhabitant", months=1)) == 0
    assert (effect_of_one_more(run_of("nhn-2024", months=1)) or 0) > 0
    assert effect_of_one_more(run_of("nhn-2024", connected="0", months=1)) is None


def test_a_count_of_draws_that_cannot_be_made_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="--draws"):
        simulate([run_of("nhn-2024", months=1)], draws=10_001, seed=1)
