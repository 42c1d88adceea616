from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hub.metering.month import Month, months_from
from hub.metering.sharing import carry, mul_div, share_rows, share_within
from hub.metering.year_steps import month_amounts, year_sums
from hub.model.money import split

amounts = st.integers(0, 10**14)
weight_lists = st.lists(st.integers(0, 10**12), min_size=1, max_size=30).filter(any)


@given(amounts, weight_lists)
def test_rows_are_shared_exactly_as_one_sum_is_split(total: int, weights: list[int]) -> None:
    shared = share_rows(np.array([total]), np.array([weights]))
    assert shared[0].tolist() == split(total, weights)


@given(st.integers(0, 2**50), st.integers(0, 2**60), st.integers(1, 2**60))
def test_multiply_and_divide_is_exact_past_64_bits(amount: int, factor: int, divisor: int) -> None:
    if amount * factor // divisor >= 2**51:
        return
    quotient, left = mul_div(np.array([amount]), factor, divisor)
    assert (int(quotient[0]), int(left[0])) == divmod(amount * factor, divisor)


@given(st.lists(st.tuples(amounts, st.lists(st.integers(0, 10**6), min_size=5, max_size=5)), min_size=1, max_size=6))
def test_many_rows_at_once_are_the_same_as_one_by_one(rows: list[tuple[int, list[int]]]) -> None:
    totals, weights = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    shared = share_rows(totals, weights)
    for total, own, parts in zip(totals.tolist(), weights.tolist(), shared.tolist(), strict=True):
        assert parts == (split(total, own) if any(own) else [0] * 5)


@given(
    st.integers(0, 10**9),
    st.lists(
        st.tuples(st.integers(0, 10**5), st.integers(0, 10**7), st.integers(0, 10**8)),
        min_size=1,
        max_size=12,
    ),
)
def test_caps_and_floors_hold_and_nothing_is_lost(total: int, rows: list[tuple[int, int, int]]) -> None:
    weights = np.array([[r[0] for r in rows]])
    least = np.array([[r[1] for r in rows]])
    most = np.array([[r[1] + r[2] for r in rows]])
    parts = share_within(np.array([total]), weights, least=least, most=most)
    assert (parts >= 0).all()
    assert (parts <= most).all()
    payable = np.where(weights > 0, most, least).sum()
    assert parts.sum() == (min(total, payable) if least.any() or weights.any() else 0)
    if least.sum() <= total:
        assert (parts >= least).all()


def test_what_a_cap_cuts_off_falls_on_the_others_by_weight() -> None:
    parts = share_within(
        np.array([1000]), np.array([[6, 3, 1]]), least=np.zeros((1, 3), np.int64), most=np.array([[300, 900, 900]])
    )
    assert parts.tolist() == [[300, 525, 175]]


def test_a_month_with_nobody_to_pay_hands_its_amount_on() -> None:
    payable, carried = carry(np.array([[10, 20, 30, 40]]), np.array([[False, False, True, False]]))
    assert payable.tolist() == [[0, 0, 60, 0]]
    assert carried.tolist() == [[10, 30, 0, 40]]


percents = st.decimals(0, 100, places=3).map(Fraction)


@given(st.integers(0, 10**12), percents, st.integers(1, 12), st.integers(1, 30))
def test_every_level_of_a_year_sums_to_the_one_above(total: int, percent: Fraction, first: int, count: int) -> None:
    months = months_from(Month(2025, first), count)
    years = sorted({m.year for m in months})
    gross = year_sums(np.full((1, len(years)), total), months)
    state = gross.part([percent / 100] * count)
    net = gross.less(state)
    half = net.part([Fraction(1, 2)] * count)
    other = net.less(half)
    for sums in (gross, state, half, other):
        assert (sums.in_month >= 0).all()
    assert (gross.in_month == state.in_month + half.in_month + other.in_month).all()
    if first == 1 and count >= 12:
        assert int(gross.in_month[0, :12].sum()) == total
        assert int(state.in_month[0, :12].sum()) == int((2 * total * percent / 100 + 1) // 2)
        assert 0 <= int(half.in_month[0, :12].sum() - other.in_month[0, :12].sum()) <= 1


def test_a_quarter_of_a_divisible_total_is_a_quarter_to_the_ore() -> None:
    months = months_from(Month(2025, 1), 3)
    gross = year_sums(np.array([[10_000_000_000]]), months)
    assert int(gross.in_month.sum()) == 2_500_000_000
    assert int(gross.part([Fraction(2, 5)] * 3).in_month.sum()) == 1_000_000_000


def test_a_yearly_rate_falls_on_its_months_without_remainder() -> None:
    assert month_amounts(np.full((12, 1), 100), months_from(Month(2025, 1), 12)).sum() == 100
