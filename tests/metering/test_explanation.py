from typing import Any

import pytest

from hub.metering.bills import Billed, BillingTerms
from hub.metering.counting import counted
from hub.metering.explanation import Explanation, explain, explanation_lines
from hub.metering.ledger import usage_table_of
from hub.metering.usage import counter_entry, read_usage
from hub.model.codes import ServiceCode
from hub.model.errors import ConfigurationError
from hub.model.usage import UsageRecord
from tests.metering.ledgers import BERGEN_NUMBER, OSLO_NUMBER, case
from tests.metering.test_bills import KNOWN, YEAR, order

RECORDS = [
    *(case(n, day="2025-01-10", patient=n % 2) for n in range(3)),
    case(3, day="2025-01-11", municipality=BERGEN_NUMBER),
    case(9, day="2025-01-12", recorded="2025-02-20"),
    case(12, day="2025-02-12"),
]


def explained(
    line_id: str, records: list[UsageRecord] = RECORDS, model: str = "per-case", **fields: Any
) -> Explanation:
    table = usage_table_of(records, "prøve")
    use = counted(table, months=YEAR, municipalities=KNOWN)
    return explain(Billed(order(model, **fields), use, BillingTerms()), line_id, table)


def test_a_line_leads_to_the_cases_behind_it_and_the_figures_that_made_it() -> None:
    found = explained("0301-V-2025-01.2025-01.bruk.ta")

    assert found.ore == 75_00
    assert [c.id for c in found.cases] == ["use-0", "use-1", "use-2"]
    assert len({c.pseudonym for c in found.cases}) == 2
    figures = {f.text: f.value for f in found.figures}
    assert figures["Brutto kostnad i 2025"] == "1\N{NO-BREAK SPACE}200,00"
    assert figures["Igjen til kommunene"] == "100,00"
    assert figures["Trygghetsalarm: 3 sak(er) ganger 10"] == "30,0000"
    assert figures["Andelen før avrunding til øre"] == "75,000000"
    assert "antall leverte saker" in found.rule
    assert "w(i)" in found.formula
    assert any("per-case" in text for text in found.sources)


def test_an_adjustment_leads_to_what_came_late() -> None:
    found = explained("0301-V-2025-02.2025-01.justering-variable")
    assert found.ore == 5_00
    assert [c.id for c in found.cases] == ["use-9"]
    assert [f.value for f in found.figures] == ["75,00", "80,00", "5,00", "3 av 4", "4 av 5"]


def test_a_correction_shows_what_it_took_back() -> None:
    back = counter_entry(RECORDS[0], record_id="back", recorded_at=RECORDS[4].recorded_at)
    found = explained("0301-V-2025-02.2025-01.justering-variable", [*RECORDS[:4], RECORDS[5], back])
    assert [(c.id, c.quantity, c.corrects) for c in found.cases] == [("back", -1, "use-0")]
    assert any("retter use-0" in line for line in explanation_lines(found))


def test_todays_variable_part_shows_the_cases_and_says_that_they_do_not_count() -> None:
    found = explained("0301-V-2025H1.2025-01.variabel", model="nhn-2024")
    assert len(found.cases) == 4
    assert any("ikke antallet saker" in text for text in found.remarks)


def test_reads_are_shown_behind_their_own_line_and_not_among_the_cases() -> None:
    read = read_usage(
        record_id="read-1",
        municipality=OSLO_NUMBER,
        sender="Acme_Alarm_Testvik",
        service_code=ServiceCode.SAFETY_ALARM,
        recorded_at=RECORDS[0].recorded_at,
        size=10,
        pseudonym=RECORDS[0].pseudonym,
    )
    settings = {"read_price": "10"}
    for line, ids in (("ta", ["use-0", "use-1", "use-2"]), ("oppslag", ["read-1"])):
        found = explained(f"0301-V-2025-01.2025-01.bruk.{line}", [*RECORDS, read], settings=settings)
        assert [c.id for c in found.cases] == ids


def test_a_merged_municipalitys_line_leads_to_the_cases_of_all_its_parts() -> None:
    changes = "month,from,to\n2025-01,4601,0301\n"
    found = explained("0301-V-2025-01.2025-01.bruk.ta", changes_csv=changes)
    assert [c.id for c in found.cases] == ["use-0", "use-1", "use-2", "use-3"]
    assert any("slått sammen" in text for text in found.remarks)


def test_a_fixed_line_has_no_cases_and_says_so() -> None:
    found = explained("0301-F-2025K1.2025-01.fast", model="nhn-2024")
    assert found.cases == []
    assert "Fast del" in found.remarks[0]


def test_every_line_of_every_bill_can_be_explained() -> None:
    table = usage_table_of(RECORDS, "prøve")
    use = counted(table, months=YEAR, municipalities=KNOWN)
    for model in ("nhn-2024", "base-cap-floor", "transition", "tiers"):
        billed = Billed(order(model, state_rules=["first=0.00001"]), use, BillingTerms())
        lines = [line for bill in billed.bills([0, 90]) for line in bill.lines]
        for line in lines:
            found = explain(billed, line.id, table)
            assert found.ore == line.ore
            assert list(explanation_lines(found))


def test_a_line_that_does_not_exist_is_told_so() -> None:
    for line_id in ("0301-V-2025-01.2025-01.borte", "9999-V-2025-01.2025-01.bruk.ta", "tull"):
        with pytest.raises(ConfigurationError, match="ingen slik fakturalinje"):
            explained(line_id)


def test_assumed_use_has_no_cases_to_show() -> None:
    billed = Billed(order("per-case"), None, BillingTerms())
    found = explain(billed, "0301-V-2025-01.2025-01.bruk.ta", None)
    assert found.cases == []
    assert "ikke målt" in found.remarks[0]
