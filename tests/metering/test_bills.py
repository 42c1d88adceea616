from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.metering.bill import Bill, vat
from hub.metering.bills import Billed, BillingTerms
from hub.metering.counting import CountedUse, counted
from hub.metering.ledger import usage_table_of
from hub.metering.month import Month, months_from
from hub.metering.municipalities import read_municipalities
from hub.metering.order_form import OrderForm, order_of
from hub.metering.run import Order
from hub.metering.usage import counter_entry
from hub.model.errors import ConfigurationError
from hub.model.usage import UsageRecord
from hub.plugins import PRICE_MODELS, discover
from tests.metering.ledgers import BERGEN_NUMBER, OSLO_NUMBER, a_year, case

KNOWN = read_municipalities()
YEAR = months_from(Month(2025, 1), 12)
OSLO, BERGEN = (
    next(i for i, m in enumerate(KNOWN) if m.organisation_number == n) for n in (OSLO_NUMBER, BERGEN_NUMBER)
)


def order(model: str = "per-case", **fields: Any) -> Order:
    return order_of(OrderForm.model_validate({"model": model, "total": "1200", "from": "2025-01", **fields}))


def use_of(records: list[UsageRecord]) -> CountedUse:
    return counted(usage_table_of(records, "prøve"), months=YEAR, municipalities=KNOWN)


def billed(model: str, records: list[UsageRecord], **fields: Any) -> Billed:
    return Billed(order(model, **fields), use_of(records), BillingTerms())


@pytest.mark.parametrize("model", sorted(discover(PRICE_MODELS)))
@given(seed=st.integers(0, 10**6), rules=st.sampled_from([[], ["first=0.00001"], ["ta=50"], ["small=5000"]]))
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_all_invoices_together_are_what_the_whole_ledger_comes_to(model: str, seed: int, rules: list[str]) -> None:
    found = billed(model, a_year(seed, records=80), state_rules=rules, connected="metered")

    sums: Counter[tuple[str, str]] = Counter()
    for bill in found.bills():
        for line in bill.lines:
            sums[bill.municipality.number, line.component] += line.ore
    for component, amounts in (("fixed", found.last.charges.fixed), ("variable", found.last.charges.variable)):
        whole = amounts.sum(axis=(0, 1))
        assert [sums[m.number, component] for m in KNOWN] == whole.tolist()


def test_todays_model_is_invoiced_by_quarters_in_advance_and_half_years_in_arrears() -> None:
    bills = list(Billed(order("nhn-2024"), None, BillingTerms()).bills([OSLO]))
    assert [(b.number, str(b.period.issued), len(b.lines)) for b in bills] == [
        ("0301-F-2025K1", "2025-01-01", 3),
        ("0301-F-2025K2", "2025-04-01", 3),
        ("0301-F-2025K3", "2025-07-01", 3),
        ("0301-V-2025H1", "2025-07-06", 6),
        ("0301-F-2025K4", "2025-10-01", 3),
        ("0301-V-2025H2", "2026-01-06", 6),
    ]


def test_a_late_event_is_an_adjustment_on_the_next_statement_for_all_whom_it_touches() -> None:
    on_time = [case(1, day="2025-01-10"), case(2, day="2025-01-11", municipality=BERGEN_NUMBER)]
    later = [case(n + 20, day=f"2025-0{n}-10") for n in (2, 3)]
    late = case(9, day="2025-01-12", recorded="2025-02-20")
    found = billed("per-case", [*on_time, *later, late])

    lines = {line.id: line.ore for bill in found.bills([OSLO, BERGEN]) for line in bill.lines}
    assert lines["0301-V-2025-01.2025-01.bruk.ta"] == lines["4601-V-2025-01.2025-01.bruk.ta"] == 50_00
    # 100 kroner on two cases against one: 66.67 and 33.33
    assert lines["0301-V-2025-02.2025-01.justering-variable"] == 16_67
    assert lines["4601-V-2025-02.2025-01.justering-variable"] == -16_67
    assert not [line for line in lines if "V-2025-03" in line and "justering" in line]


def test_a_correction_of_any_age_is_an_adjustment_too() -> None:
    first = case(1, day="2025-01-10")
    back = counter_entry(first, record_id="back", recorded_at=case(3, day="2025-11-20").recorded_at)
    others = [case(n + 10, day=f"2025-{n:02}-11", municipality=BERGEN_NUMBER) for n in range(1, 13)]
    found = billed("per-case", [first, back, *others])

    oslo = [(b.number, b.net_ore) for b in found.bills([OSLO])]
    assert oslo == [("0301-V-2025-01", 50_00), ("0301-V-2025-11", -50_00)]


def test_what_is_known_after_the_last_invoice_is_settled_at_the_end() -> None:
    records = [case(1, day="2025-12-10", municipality=BERGEN_NUMBER), case(2, day="2025-12-10", recorded="2026-03-01")]
    bills = list(billed("per-case", records).bills([OSLO, BERGEN]))
    assert [(b.number, b.net_ore) for b in bills] == [
        ("4601-V-2025-12", 1200_00),
        ("0301-O-2025-12", 600_00),
        ("4601-O-2025-12", -600_00),
    ]


def test_lines_by_service_carry_their_counts_and_sum_to_the_pot() -> None:
    found = billed("per-case", a_year(3, records=300))
    by_month: dict[Month, int] = defaultdict(int)
    for bill in found.bills([OSLO]):
        for line in bill.lines:
            if line.kind == "charge":
                assert line.quantity
                assert line.service is not None
                by_month[line.month] += line.ore
    assert len(by_month) == 12


def test_reads_are_a_line_of_their_own_when_they_have_a_price() -> None:
    records = a_year(3, records=300)
    free = {line.title for bill in billed("per-case", records).bills([OSLO]) for line in bill.lines}
    priced = billed("per-case", records, settings={"read_price": "2"})
    assert "Målte oppslag" not in free
    assert "Målte oppslag" in {line.title for bill in priced.bills([OSLO]) for line in bill.lines}


def test_line_ids_are_never_used_twice() -> None:
    for model in discover(PRICE_MODELS):
        ids = [line.id for bill in billed(model, a_year(5, records=40)).bills() for line in bill.lines]
        assert len(ids) == len(set(ids))


@given(st.integers(-(10**12), 10**12), st.decimals(0, 100, places=2))
def test_vat_is_rounded_to_the_ore_and_the_same_for_a_credit_note(net: int, percent: Decimal) -> None:
    part = vat(net, percent)
    assert vat(-net, percent) == -part
    assert abs(part - Decimal(net) * percent / 100) <= Decimal("0.5")


def test_vat_is_a_parameter() -> None:
    one: Bill = next(iter(Billed(order("nhn-2024"), None, BillingTerms(Decimal(25))).bills([OSLO])))
    assert one.gross_ore == one.net_ore + one.vat_ore == one.net_ore + vat(one.net_ore, Decimal(25))
    with pytest.raises(ConfigurationError, match="--vat"):
        Billed(order("nhn-2024"), None, BillingTerms(Decimal(101)))


def test_the_steps_only_know_what_was_known_then() -> None:
    found = billed("per-case", [case(1, day="2025-01-10"), case(2, day="2025-02-10")])
    first = found.step_of("V-2025-01")
    assert first is not None
    assert np.count_nonzero(first.run.world.cases) == 1


def test_a_line_says_that_it_holds_what_was_carried_from_months_with_nobody() -> None:
    connected = "number,from,to\n0301,2025-03,\n"
    bills = Billed(order("nhn-2024", connected_csv=connected), None, BillingTerms()).bills([0])
    titles = {line.month.number: line.title for bill in bills for line in bill.lines if line.component == "variable"}
    assert "båret hit" in titles[3]
    assert {title for month, title in titles.items() if month > 3} == {"Variabel del"}
