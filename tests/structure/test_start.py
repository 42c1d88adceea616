"""The hub starts without what only a report needs."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("matplotlib", "fpdf", "xlsxwriter", "alembic", "fhir.resources", "devices_sim")


def test_the_hubs_process_imports_nothing_that_only_a_report_needs() -> None:
    program = "import sys, hub.app.process; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not [name for name in HEAVY if name in loaded]
