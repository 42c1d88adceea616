import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.metering.counting import CountedUse, counted
from hub.metering.ledger import usage_table_from, usage_table_from_file, usage_table_of
from hub.metering.ledger_export import ExportFormat, write_ledger
from hub.metering.month import Month, months_from
from hub.metering.municipalities import read_municipalities
from hub.metering.sample import sampled_use
from hub.metering.usage import counter_entry
from hub.model.codes import ServiceCode
from hub.model.errors import ConfigurationError
from hub.model.usage import UsageRecord
from tests.metering.ledgers import BERGEN_NUMBER, OSLO_NUMBER, a_year, case, ledger_file

YEAR = months_from(Month(2025, 1), 12)
KNOWN = read_municipalities()


def use_of(records: list[UsageRecord]) -> CountedUse:
    return counted(usage_table_of(records, "prøve"), months=YEAR, municipalities=KNOWN)


@pytest.mark.parametrize(("form", "name"), [("cloudevents", "a.ndjson"), ("csv", "a.csv"), ("parquet", "a.parquet")])
def test_a_ledger_comes_back_whole_from_every_kind_of_file(tmp_path: Path, form: str, name: str) -> None:
    records = a_year()
    path = ledger_file(tmp_path / name, records, form)  # type: ignore[arg-type]  # parametrised

    back = list(usage_table_from_file(path).records())

    assert sorted(back, key=lambda r: r.id) == sorted(records, key=lambda r: r.id)


async def test_the_hubs_own_ledger_is_read_through_the_port() -> None:
    async def own_ledger() -> AsyncIterator[UsageRecord]:
        for record in a_year():
            yield record

    table = await usage_table_from(own_ledger())
    assert table.rows("SELECT count(*) FROM usage")[0][0] == len(a_year())
    assert "egen måling" in table.source


@given(seed=st.integers(0, 10**6), closing=st.integers(0, 12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_counting_agrees_with_counting_one_by_one(seed: int, closing: int) -> None:
    records = a_year(seed, records=120)
    at = YEAR[closing] if closing < 12 else None
    use = use_of(records).known_at(at)

    known = [r for r in records if at is None or r.recorded_at - timedelta(days=5) < first_moment(at.plus(1))]
    cases: Counter[tuple[int, str, ServiceCode]] = Counter()
    net: dict[tuple[int, str, ServiceCode], Counter[str]] = defaultdict(Counter)
    for r in known:
        if r.usage_kind == "case" and (at is None or Month.of(r.day) <= at):
            cell = (r.day.month - 1, r.municipality, r.service_code)
            cases[cell] += r.quantity
            net[cell][r.pseudonym] += r.quantity
    for (month, municipality, service), count in cases.items():
        place = next(i for i, m in enumerate(KNOWN) if m.organisation_number == municipality)
        cell = (month, place, use.services.index(service))
        assert use.cases[cell] == count
        assert use.users[cell] == sum(n > 0 for n in net[month, municipality, service].values())
    through = 12 if at is None else closing + 1
    assert use.cases[:through].sum() == sum(cases.values())


def first_moment(month: Month) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=UTC)


def test_a_late_event_is_known_from_the_next_closing_on() -> None:
    use = use_of([case(1, day="2025-03-10"), case(2, day="2025-03-11", recorded="2025-04-20")])
    assert use.known_at(Month(2025, 3)).cases.sum() == 1
    assert use.known_at(Month(2025, 4)).cases[2].sum() == 2


def test_an_event_within_the_days_of_grace_is_on_time() -> None:
    use = use_of([case(1, day="2025-03-31", recorded="2025-04-05")])
    assert use.known_at(Month(2025, 3)).cases.sum() == 1


def test_a_counter_entry_takes_the_case_and_its_user_away_again() -> None:
    first = case(1)
    back = counter_entry(first, record_id="back", recorded_at=datetime(2025, 7, 20, tzinfo=UTC))
    use = use_of([first, back, case(2, municipality=BERGEN_NUMBER)])
    assert (use.known_at(Month(2025, 6)).cases.sum(), use.known_at(Month(2025, 6)).users.sum()) == (2, 2)
    assert (use.known_at(Month(2025, 7)).cases.sum(), use.known_at(Month(2025, 7)).users.sum()) == (1, 1)


def test_a_month_without_records_is_named() -> None:
    remarks = use_of([case(1)]).remarks
    assert any("januar 2025" in text and "uten bruk" in text for text in remarks)


def test_records_outside_the_period_are_named_and_not_counted() -> None:
    use = use_of([case(1, day="2024-12-31"), case(2)])
    assert use.known_at().cases.sum() == 1
    assert any("1 målte saker ligger utenfor" in text for text in use.remarks)


def test_an_unknown_municipality_is_named_with_its_first_record() -> None:
    with pytest.raises(ConfigurationError, match=r"'3005'.*Viken.*use-7"):
        use_of([case(7, municipality="3005"), case(8)])


def test_the_same_id_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'use-1' står mer enn én gang"):
        usage_table_of([case(1), case(1, day="2025-04-01")], "prøve")


def test_a_record_taken_back_twice_is_refused() -> None:
    first = case(1)
    at = datetime(2025, 4, 1, tzinfo=UTC)
    twice = [counter_entry(first, record_id=f"b{n}", recorded_at=at) for n in range(2)]
    with pytest.raises(ConfigurationError, match="rettet mer enn én gang"):
        usage_table_of([first, *twice], "prøve")


BAD_CELLS = [
    ("day", "2025-02-30", "er ikke en dato"),
    ("size", "-4", "ikke er negativt"),
    ("size", "mange", "ikke er negativt"),
    ("quantity", "2", "må være 1 eller -1"),
    ("service_code", "xx", "er ikke en tjenestekode"),
    ("usage_kind", "sak", "må være case eller read"),
    ("recorded_at", "2025-03-01T12:00:00", "tidssone"),
    ("corrects", "use-9", "må navngi posten"),
    ("pseudonym", "kort", "for kort"),
    ("sender", "01815000012", "fødselsnummer"),
]


@pytest.mark.parametrize(("column", "value", "text"), BAD_CELLS)
def test_a_bad_cell_is_named_by_line_and_column(tmp_path: Path, column: str, value: str, text: str) -> None:
    path = ledger_file(tmp_path / "ledger.csv", [case(1), case(2)], "csv")
    heading, first, second = path.read_text().splitlines()
    cells = second.split(",")
    cells[heading.split(",").index(column)] = value
    path.write_text("\n".join([heading, first, ",".join(cells)]) + "\n")

    with pytest.raises(ConfigurationError, match=text) as caught:
        usage_table_from_file(path)

    assert all(fault.line == 3 for fault in caught.value.faults)
    assert column == "sender" or any(column in fault.key for fault in caught.value.faults)
    assert "01815000012" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("service_code = 'xx'", "use.parquet: service_code: 'xx' er ikke en tjenestekode"),
        ("day = NULL", "use.parquet: day: er ikke en dato"),
        ("municipality = NULL", "use.parquet: municipality: mangler"),
        ("recorded_at = NULL", "use.parquet: recorded_at: mangler"),
        ("corrects = 'use-1'", "use.parquet: corrects: må navngi"),
        ("sender = '01815000012'", "fødselsnummer"),
    ],
)
def test_a_parquet_file_with_a_wrong_value_is_named_by_row(tmp_path: Path, change: str, text: str) -> None:
    table = usage_table_of([case(1), case(2)], "prøve")
    table.connection.execute(f"UPDATE usage SET {change} WHERE id = 'use-2'")
    write_ledger(table, tmp_path / "use.parquet", "parquet")
    with pytest.raises(ConfigurationError, match=text) as caught:
        usage_table_from_file(tmp_path / "use.parquet")
    assert [fault.line for fault in caught.value.faults] == [2]


@pytest.mark.parametrize("moment", ["VARCHAR", "TIMESTAMPTZ", "TIMESTAMP_NS"])
def test_a_parquet_file_may_have_been_written_by_anybody(tmp_path: Path, moment: str) -> None:
    """As pandas and its like write dates, moments and numbers; on a machine in Norway as elsewhere."""
    table, path = usage_table_of([case(1), case(2)], "prøve"), tmp_path / "use.parquet"
    table.connection.execute("SET TimeZone = 'UTC'")
    written = f"(recorded_at AT TIME ZONE 'UTC')::TIMESTAMPTZ::{moment} AS recorded_at"
    written = f"{written}, day::TIMESTAMP AS day, quantity::DOUBLE AS quantity, size::INTEGER AS size"
    table.connection.execute(f"COPY (SELECT * REPLACE ({written}) FROM usage) TO '{path}' (FORMAT parquet)")
    assert list(usage_table_from_file(path).records()) == [case(1), case(2)]


@pytest.mark.parametrize("form", ["csv", "cloudevents", "parquet"])
def test_an_empty_ledger_comes_back_empty(tmp_path: Path, form: ExportFormat) -> None:
    name = {"cloudevents": "use.ndjson"}.get(form, f"use.{form}")
    assert list(usage_table_from_file(ledger_file(tmp_path / name, [], form)).records()) == []


@pytest.mark.parametrize("name", ["f81d4fae-7dec-11d0-a765-a12345678901", "1f" * 12 + "a12345678901b" + "1f" * 9])
def test_digits_within_a_hash_or_a_uuid_are_no_identity_number(tmp_path: Path, name: str) -> None:
    records = [replace(case(1), id=name, pseudonym=name)]
    path = ledger_file(tmp_path / "use.csv", records, "csv")
    assert list(usage_table_from_file(path).records()) == records


@pytest.mark.parametrize("name", ["ledger.csv", "ledger.ndjson", "ledger.parquet", "ledger.xlsx"])
def test_a_file_that_is_no_ledger_is_told_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("hei\n1\n")
    with pytest.raises(ConfigurationError, match=name):
        usage_table_from_file(path)
    with pytest.raises(ConfigurationError, match="finnes ikke"):
        usage_table_from_file(tmp_path / "borte.csv")


def test_the_export_is_cloudevents_that_openmeter_takes(tmp_path: Path) -> None:
    records = a_year(records=40)
    path = ledger_file(tmp_path / "use.ndjson", records, "cloudevents")
    events = [json.loads(line) for line in path.read_text().splitlines()]

    assert len({(e["source"], e["id"]) for e in events}) == len(records)
    for event, record in zip(events, sorted(records, key=lambda r: (r.recorded_at, r.id)), strict=True):
        assert event["specversion"] == "1.0"
        assert event["subject"] == record.municipality
        assert event["type"] == f"no.knutepunkt.usage.{record.usage_kind}.v1"
        moment = datetime.fromisoformat(event["time"])
        assert moment.tzinfo is not None
        assert moment.astimezone(UTC).date() == record.day
        assert event["data"]["quantity"] == record.quantity
        assert all(isinstance(value, (str, int)) for value in event["data"].values())


def test_the_export_is_batches_that_lago_takes(tmp_path: Path) -> None:
    records = a_year(records=130)
    path = ledger_file(tmp_path / "use.lago.ndjson", records, "lago")
    batches = [json.loads(line)["events"] for line in path.read_text().splitlines()]

    assert max(len(batch) for batch in batches) == 100
    events = [event for batch in batches for event in batch]
    assert len({e["transaction_id"] for e in events}) == len(records)
    days = {r.id: r.day for r in records}
    for event in events:
        assert {"transaction_id", "external_subscription_id", "code", "timestamp", "properties"} == set(event)
        assert datetime.fromtimestamp(event["timestamp"], UTC).date() == days[event["transaction_id"]]


def test_an_export_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="kan ikke skrives"):
        write_ledger(usage_table_of([case(1)], "prøve"), tmp_path / "nowhere" / "x.csv", "csv")


def test_a_known_municipalitys_day_is_scaled_to_a_month() -> None:
    table = usage_table_of([case(n, patient=n % 2) for n in range(4)], "prøve")
    use = sampled_use(table, months=YEAR, municipalities=KNOWN)
    oslo = next(i for i, m in enumerate(KNOWN) if m.organisation_number == OSLO_NUMBER)
    assert use.cases[:, oslo].sum(axis=-1).tolist() == [4 * m.days for m in YEAR]
    assert use.cases[:, oslo + 1].sum() == 0


def test_a_test_municipalitys_day_gives_cases_per_user_for_the_country() -> None:
    table = usage_table_of([case(n, municipality="314159265", patient=n % 2) for n in range(4)], "prøve")
    use = sampled_use(table, months=YEAR, municipalities=KNOWN)
    # two cases a day for each user, 104,003 assumed recipients
    assert use.cases[0, :, 0].sum() == pytest.approx(2 * 104_003 * 31, rel=1e-4)
    assert "forutsatt" in use.source


def test_a_mixed_or_empty_sample_is_refused() -> None:
    mixed = usage_table_of([case(1), case(2, municipality="314159265")], "prøve")
    with pytest.raises(ConfigurationError, match="314159265"):
        sampled_use(mixed, months=YEAR, municipalities=KNOWN)
    with pytest.raises(ConfigurationError, match="ingen saker"):
        sampled_use(usage_table_of([], "prøve"), months=YEAR, municipalities=KNOWN)
