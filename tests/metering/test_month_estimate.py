from datetime import UTC, datetime
from decimal import Decimal

from hub.metering import month_estimate
from hub.metering.pseudonym import new_key, pseudonym
from hub.metering.usage import case_usage, counter_entry
from hub.model.codes import EventKind, ServiceCode
from hub.model.person import IDENTITY_NUMBER, PatientRef
from hub.model.usage import UsageRecord

KEY = new_key()


def usage(number: int, service: ServiceCode = ServiceCode.SAFETY_ALARM, municipality: str = "314159265") -> UsageRecord:
    return case_usage(
        record_id=f"u{number}",
        municipality=municipality,
        sender="Acme_Alarm_Testvik",
        service_code=service,
        event_kind=EventKind.ALERT,
        occurred_at=datetime(2025, 3, 1, 12, number % 60, tzinfo=UTC),
        recorded_at=datetime(2025, 3, 1, 13, tzinfo=UTC),
        size=1200,
        pseudonym=pseudonym(KEY, PatientRef(IDENTITY_NUMBER, f"0181500000{number % 3}")),
    )


def test_a_days_cases_become_a_months_bill_per_service() -> None:
    records = [usage(n) for n in range(6)] + [usage(9, ServiceCode.MEDICATION)]

    estimate = month_estimate(records, total=Decimal(100_000_000))

    assert [(r.service_code, r.cases_metered, r.users) for r in estimate.rows] == [
        (ServiceCode.MEDICATION, 1, 1),
        (ServiceCode.SAFETY_ALARM, 6, 3),
    ]
    assert estimate.rows[1].cases_month == 182
    # 100 million kroner a year over 717,883 assumed cases a month: 11.61 kroner per case
    assert estimate.total_ore == sum(r.ore for r in estimate.rows) == 247_158
    assert estimate.model == "per-case"
    assert any("11,61 kroner" in text for text in estimate.assumptions)


def test_a_longer_sample_gives_a_smaller_month() -> None:
    records = [usage(n) for n in range(6)]

    day = month_estimate(records, total=Decimal(1_000_000))
    week = month_estimate(records, total=Decimal(1_000_000), days=Decimal(7))

    assert abs(day.total_ore - 7 * week.total_ore) <= 7


def test_a_counter_entry_takes_its_case_back() -> None:
    first = usage(1)
    back = counter_entry(first, record_id="c1", recorded_at=datetime(2025, 4, 2, tzinfo=UTC))

    assert back.day == first.day
    assert month_estimate([first, back], total=Decimal(1_000_000)).rows == ()
