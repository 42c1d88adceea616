"""How fast the cost model is: many draws under many models, and a large ledger summed to statements.

Run with `python -m tests.benchmarks.cost_speed [--json] [--draws N] [--records N]`. The aims (issue 5), on two cores:
ten years, 357 municipalities, six models, 1,000 draws in under a minute; ten million records to statements in under ten
seconds. Making the ledger is not counted. Nothing is asserted: machines differ.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from hub.metering.bills import Billed, BillingTerms
from hub.metering.ledger import usage_table_from_file
from hub.metering.municipalities import read_municipalities
from hub.metering.order_form import OrderForm, order_of
from hub.metering.run import Run, run
from hub.metering.simulation import simulate
from hub.metering.use_source import count_of

MODELS = ("nhn-2024", "per-case", "per-user", "per-inhabitant", "base-cap-floor", "transition")
YEARS = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured, in seconds; memory in MiB is the process's peak.

    `ledger_s` is to open and check the ledger, `bills_s` to make the
    invoices of all 357 for a year, with adjustments.
    """

    draws: int
    models: int
    months: int
    municipalities: int
    simulation_s: float
    records: int
    ledger_s: float
    counting_s: float
    bills_s: float
    statements_s: float
    one_run_s: float
    peak_memory_mib: float
    cores: int
    python: str
    machine: str


def measured(*, draws: int, records: int) -> Figures:
    """Run both and say how long they took."""
    one_run, runs = _runs()
    simulation = _seconds_of_simulation(runs, draws)
    with tempfile.TemporaryDirectory(prefix="knutepunkt-cost-") as folder:
        path = Path(folder) / "usage.parquet"
        make_ledger(path, records)
        opening, counting, billing = statement_seconds(path)
    return Figures(
        draws=draws,
        models=len(MODELS),
        months=12 * YEARS,
        municipalities=len(read_municipalities()),
        simulation_s=round(simulation, 2),
        records=records,
        ledger_s=round(opening, 2),
        counting_s=round(counting, 2),
        bills_s=round(billing, 2),
        statements_s=round(opening + counting + billing, 2),
        one_run_s=round(one_run, 3),
        peak_memory_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        machine=platform.machine(),
    )


def _runs() -> tuple[float, list[Run]]:
    asked = {
        "total": "100000000",
        "from": "2025-01",
        "months": 12 * YEARS,
        "adoption": "default",
        "who_first": "random",
        "growth": "3",
    }
    orders = [order_of(OrderForm.model_validate({**asked, "model": model})) for model in MODELS]
    began = time.perf_counter()
    run(orders[0])
    return time.perf_counter() - began, [run(order) for order in orders]


def _seconds_of_simulation(runs: list[Run], draws: int) -> float:
    began = time.perf_counter()
    simulate(runs, draws=draws, seed=1)
    return time.perf_counter() - began


def make_ledger(path: Path, records: int) -> None:
    """A year of usage records: 125,000 patients, one case in 50 late, one in 500 taken back."""
    numbers = ", ".join(f"'{m.organisation_number}'" for m in read_municipalities())
    connection = duckdb.connect()
    connection.execute(
        f"""
        COPY (
            SELECT 'usage-' || i AS id, 'case' AS usage_kind,
                   [{numbers}][1 + (i % 125000) % 357] AS municipality, 'sender-' || (i % 40) AS sender,
                   ['ta', 'md', 'gps', 'dt', 'dho'][1 + (i % 125000) % 5] AS service_code, 'alert' AS event_kind,
                   DATE '2025-01-01' + CAST(i * 365 // {records} AS INTEGER) AS day,
                   TIMESTAMP '2025-01-01 03:00:00' + to_days(CAST(i * 365 // {records} AS INTEGER))
                       + CASE WHEN i % 50 = 0 THEN to_days(40) ELSE to_days(0) END AS recorded_at,
                   CAST(1000 + i % 100 AS BIGINT) AS size, md5(CAST(i % 125000 AS VARCHAR)) AS pseudonym,
                   CAST(CASE WHEN i % 500 = 1 THEN -1 ELSE 1 END AS BIGINT) AS quantity,
                   CASE WHEN i % 500 = 1 THEN 'usage-' || (i - 1) END AS corrects
            FROM range({records}) t(i)
        ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
        """  # numbers and a path of our own
    )
    connection.close()


def statement_seconds(path: Path) -> tuple[float, float, float]:
    """Seconds to open and check the ledger, to count it, and to make every bill of the year."""
    began = time.perf_counter()
    table = usage_table_from_file(path)
    opened = time.perf_counter()
    order = order_of(OrderForm.model_validate({"model": "per-case", "total": "100000000", "from": "2025-01"}))
    use = count_of(table, order)
    counted = time.perf_counter()
    billed = Billed(order, use, BillingTerms(Decimal(25)))
    sum(bill.gross_ore for bill in billed.bills())
    return opened - began, counted - opened, time.perf_counter() - counted


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--draws", type=int, default=1000)
    arguments.add_argument("--records", type=int, default=10_000_000)
    asked = arguments.parse_args()
    figures = measured(draws=asked.draws, records=asked.records)
    if asked.json:
        json.dump(asdict(figures), sys.stdout)
        return
    for name, value in asdict(figures).items():
        print(f"{name:>18}  {value}")


if __name__ == "__main__":
    main()
