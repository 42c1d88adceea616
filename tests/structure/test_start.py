"""The hub starts without what only a report or a cost page needs."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("matplotlib", "numpy", "duckdb", "fpdf", "xlsxwriter", "alembic", "fhir.resources", "devices_sim")


def test_the_hubs_process_imports_nothing_that_only_a_report_needs() -> None:
    program = "import sys, hub.app.process, hub.app.life; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not [name for name in HEAVY if name in loaded]
