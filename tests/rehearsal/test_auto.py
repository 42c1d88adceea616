"""The unattended rehearsal with real processes: the command line, a hub, a broker, EPJs and the token service."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rehearsal.conftest import BY_HAND, PULLING, SMALL, TESTVIK, RunningHub

pytestmark = pytest.mark.slow
_LIMIT_S = 60


def rehearse(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hub.cli", "rehearse", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_S, check=False)


@pytest.mark.parametrize(
    ("course", "municipality"),
    [("vkp", TESTVIK), ("vkp", SMALL), ("jft", PULLING)],
    ids=["vkp-fhir_rest", "vkp-journal_rest", "jft-pull"],
)
def test_an_unattended_rehearsal_ends_ready_with_reports(
    running_hub: RunningHub, tmp_path: Path, course: str, municipality: str
) -> None:
    ended = rehearse(
        "--auto", "--course", course, "--municipality", municipality, "--data-dir", running_hub.directory,
        "--report", tmp_path,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Øvelsen er klar" in ended.stdout
    told = json.loads((tmp_path / "report.json").read_text())
    assert told["readiness"]["is_ready"]
    assert told["readiness"]["is_rehearsal_only"], "what people own was only declared"
    results = {s["step"]: s["result"]["verdict"] for s in told["steps"] if s["result"]}
    assert len(results) == 8
    assert set(results.values()) == {"passed"}
    for name, language in (("report.html", "nb"), ("report.en.html", "en")):
        assert f'<html lang="{language}">' in (tmp_path / name).read_text()
    for name in ("report.pdf", "report.en.pdf"):
        assert (tmp_path / name).read_bytes().startswith(b"%PDF-")


def test_it_starts_a_hub_of_its_own_where_none_runs(tmp_path: Path) -> None:
    ended = rehearse("--auto", "--report", tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (tmp_path / "report.pdf").exists()


@pytest.mark.needs("pdftotext")
def test_the_pdf_says_what_the_page_says(running_hub: RunningHub, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    running_hub.door.post(f"/rehearsals/{TESTVIK}/vkp")
    file.write_bytes(running_hub.door.content(f"/rehearsals/{TESTVIK}/vkp/report.pdf"))
    program = shutil.which("pdftotext")
    assert program is not None
    text = subprocess.run([program, "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    assert "Testrapport og klarmelding: Testvik" in text
    assert "ikke bekreftet av NHN" in text


def test_it_is_not_ready_where_the_municipality_has_no_place_in_the_hub(running_hub: RunningHub) -> None:
    ended = rehearse("--auto", "--municipality", "974760673", "--data-dir", running_hub.directory)
    assert ended.returncode == 1
    assert "Ikke klar" in ended.stdout
    assert "[[municipality]]" in ended.stdout.replace("\n", " ")


def test_it_never_mixes_into_what_people_have_begun(running_hub: RunningHub) -> None:
    at = f"/rehearsals/{PULLING}/vkp"
    running_hub.door.post(at)
    running_hub.door.post(f"{at}/steps/membership", {"state": "done", "evidence": "avtale 12", "who": "Kari"})
    ended = rehearse("--auto", "--municipality", PULLING, "--data-dir", running_hub.directory)
    assert ended.returncode == 1
    assert "Kari" in ended.stderr


def test_the_commands_do_what_the_course_does(running_hub: RunningHub, tmp_path: Path) -> None:
    options = ("--data-dir", running_hub.directory, "--municipality", BY_HAND, "--course", "jft")
    assert rehearse(*options, "do", "membership", "--evidence", "avtale 12").returncode == 0
    assert rehearse(*options, "note", "membership", "husk fornyelse").returncode == 0
    shown = rehearse(*options, "show", "membership").stdout
    assert "avtale 12" in shown
    assert "husk fornyelse" in shown
    assert "ikke bekreftet av NHN" in shown
    refused = rehearse(*options, "do", "token", "--evidence", "stol på meg")
    assert refused.returncode == 1
    assert "kontrollerer dette steget selv" in refused.stderr
    assert rehearse(*options, "check", "token").returncode == 0
    filled = tmp_path / "decision.json"
    filled.write_text(json.dumps({"decision": "wait", "by": "Kari"}))
    assert rehearse(*options, "form", "decision", "--fill", filled).returncode == 0
    assert "Vent" in rehearse(*options, "form", "decision").stdout
    assert rehearse(*options, "list").stdout.count("✓") == 2
    assert rehearse(*options, "status").returncode == 1
