"""Usage records for tests: many days of a few municipalities, seeded."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.metering.ledger import usage_table_of
from hub.metering.ledger_export import ExportFormat, write_ledger
from hub.metering.pseudonym import pseudonym
from hub.metering.usage import case_usage, counter_entry, read_usage
from hub.model.codes import EventKind, ServiceCode
from hub.model.person import IDENTITY_NUMBER, PatientRef
from hub.model.usage import UsageRecord

KEY = bytes(range(32))
OSLO_NUMBER, BERGEN_NUMBER, UTSIRA_NUMBER = "958935420", "964338531", "964979901"


def case(
    number: int,
    *,
    municipality: str = OSLO_NUMBER,
    service: ServiceCode = ServiceCode.SAFETY_ALARM,
    day: str = "2025-03-10",
    recorded: str | None = None,
    patient: int | None = None,
) -> UsageRecord:
    occurred = datetime.fromisoformat(f"{day}T09:00:00+00:00")
    return case_usage(
        record_id=f"use-{number}",
        municipality=municipality,
        sender="Acme_Alarm_Testvik",
        service_code=service,
        event_kind=EventKind.ALERT,
        occurred_at=occurred,
        recorded_at=datetime.fromisoformat(f"{recorded}T10:00:00+00:00") if recorded else occurred + timedelta(hours=1),
        size=1000 + number,
        pseudonym=pseudonym(KEY, PatientRef(IDENTITY_NUMBER, f"patient {number if patient is None else patient}")),
    )


def a_year(seed: int = 1, records: int = 600) -> list[UsageRecord]:
    """A year of cases in three municipalities, some late, some taken back, some reads."""
    draw = random.Random(seed)
    made: list[UsageRecord] = []
    for number in range(records):
        when = datetime(2025, 1, 1, 9, tzinfo=UTC) + timedelta(days=draw.randrange(365))
        late = timedelta(days=draw.choice([0, 0, 0, 0, 3, 40, 100]))
        record = case(
            number,
            municipality=draw.choice([OSLO_NUMBER, OSLO_NUMBER, BERGEN_NUMBER, UTSIRA_NUMBER]),
            service=draw.choice([ServiceCode.SAFETY_ALARM, ServiceCode.MEDICATION]),
            day=f"{when:%Y-%m-%d}",
            recorded=f"{when + late:%Y-%m-%d}",
            patient=draw.randrange(60),
        )
        made.append(record)
        if draw.random() < 0.05:
            back = record.recorded_at + timedelta(days=draw.choice([1, 20, 200]))
            made.append(counter_entry(record, record_id=f"back-{number}", recorded_at=back))
        if draw.random() < 0.05:
            made.append(
                read_usage(
                    record_id=f"read-{number}",
                    municipality=record.municipality,
                    sender=record.sender,
                    service_code=record.service_code,
                    recorded_at=record.recorded_at,
                    size=10,
                    pseudonym=record.pseudonym,
                )
            )
    return made


def ledger_file(path: Path, records: Iterable[UsageRecord], form: ExportFormat = "parquet") -> Path:
    write_ledger(usage_table_of(records, "prøve"), path, form)
    return path
