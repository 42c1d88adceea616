"""`knutepunkt lint` and `knutepunkt profiles` as a person runs them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.api import examples
from hub.cli import lint, profiles
from tests.fhir.samples import ALERT, BUNDLE, bent
from tests.fhir.test_published import PROFILE, VALUES, VKP


def run(*arguments: str | Path, given: str | None = None, command: Any = lint) -> tuple[int, str, str]:
    result = CliRunner().invoke(command.app, [str(a) for a in arguments], input=given)
    return result.exit_code, result.stdout, result.stderr


def fresh(resource: Any) -> str:
    """The message as if it were sent now."""
    return json.dumps(resource, indent=2).replace("2026-03-10", f"{datetime.now(UTC):%Y-%m-%d}")


@pytest.fixture
def loose(tmp_path: Path) -> Path:
    path = tmp_path / "løs melding.json"
    path.write_text(fresh(bent(BUNDLE, "entry.2.resource.serialNumber", "")), encoding="utf-8")
    return path


def test_a_message_that_passes_gives_status_0_and_one_that_fails_status_1(loose: Path) -> None:
    assert run(loose)[0] == 0
    assert run(loose, "--target", "jft")[0] == 1


def test_a_fix_makes_the_file_pass_jft(loose: Path) -> None:
    status, out, err = run(loose, "--fix")
    assert (status, "1 rettelser skrevet" in err) == (0, True)
    assert "Forslag til rettelse" in out
    assert run(loose, "--target", "jft")[0] == 0


def test_a_message_by_standard_input_is_answered_with_the_fixed_one(loose: Path) -> None:
    status, out, err = run("-", "--fix", given=loose.read_text(encoding="utf-8"))
    assert status == 0
    assert "serialNumber" not in json.loads(out)["entry"][2]["resource"]
    assert "går gjennom VKP" in err


def test_the_status_of_a_fix_is_that_of_what_was_written(loose: Path, tmp_path: Path) -> None:
    assert run(loose, "--target", "jft", "--fix")[0] == 0
    wrong = tmp_path / "feil.json"
    wrong.write_text(fresh(bent(bent(ALERT, "code", ...), "detail", "")))
    assert run(wrong, "--target", "jft", "--fix")[0] == 1


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_reports_for_programs_are_json_and_nothing_else(loose: Path, form: str) -> None:
    assert json.loads(run(loose, "--format", form, "--preview")[1])


def test_the_preview_stands_in_the_json_and_beside_the_other_forms_for_programs(loose: Path) -> None:
    assert "Bruker hadde falt" in json.loads(run(loose, "--format", "json", "--preview")[1])["files"][0]["preview"]
    assert "preview" not in json.loads(run(loose, "--format", "json")[1])["files"][0]
    assert "Bruker hadde falt" in run(loose, "--format", "junit", "--preview")[2]


def test_a_preview_never_mixes_with_a_fixed_message_on_standard_output(loose: Path) -> None:
    _, out, err = run("-", "--fix", "--preview", given=loose.read_text(encoding="utf-8"))
    assert json.loads(out)["resourceType"] == "Bundle"
    assert "journalnotatet" in err


def test_the_report_for_a_test_runner_is_xml(loose: Path) -> None:
    assert run(loose, "--format", "junit")[1].startswith("<?xml")


def test_the_preview_shows_the_note_that_a_nurse_would_read(loose: Path) -> None:
    status, out, _ = run(loose, "--preview")
    assert status == 0
    assert "Trygghetsalarm" in out
    assert "Bruker hadde falt" in out
    assert "13717404089" not in out


def test_a_communication_has_a_preview_too(tmp_path: Path) -> None:
    path = tmp_path / "beskjed.json"
    path.write_text(fresh(examples.BY_TYPE["Communication"]).replace("2026-11-23", f"{datetime.now(UTC):%Y-%m-%d}"))
    assert "Pårørende er varslet." in run(path, "--preview")[1]


def test_the_preview_of_what_is_refused_says_that_there_is_no_note(tmp_path: Path) -> None:
    path = tmp_path / "feil.json"
    path.write_text(fresh(bent(ALERT, "code", ...)))
    assert "blir ikke noe journalnotat" in run(path, "--preview")[1]
    path.write_text('{"resourceType": "Patient"}')
    assert "Blir ikke noe journalnotat" in run(path, "--preview")[1]


def test_production_refuses_the_synthetic_person(loose: Path) -> None:
    assert run(loose, "--mode", "production")[0] == 1


def test_a_file_that_cannot_be_read_gives_status_2(tmp_path: Path) -> None:
    status, _, err = run(tmp_path / "finnes ikke.json")
    assert status == 2
    assert "kan ikke leses" in err
    assert run(tmp_path, "--profiles", tmp_path / "nei")[0] == 2


@pytest.fixture
def own_profile(tmp_path: Path) -> Path:
    folder = tmp_path / "profiler"
    folder.mkdir()
    (folder / "profil.json").write_text(json.dumps(PROFILE))
    (folder / "verdier.json").write_text(json.dumps(VALUES))
    return folder


def test_messages_are_checked_against_profiles_from_a_folder(tmp_path: Path, own_profile: Path) -> None:
    path = tmp_path / "varsel.json"
    path.write_text(fresh(bent(bent(ALERT, "meta", {"profile": ["urn:kommune:varsel"]}), "severity", ...)))
    assert run(path)[0] == 0
    assert "kommunens-varsel-severity-required" in run(path, "--profiles", own_profile)[1]
    status, out, _ = run("load", own_profile, path, command=profiles)
    assert status == 1
    assert "1 profiler, 1 verdisett, 0 kodeverk" in out
    assert "kommunens-varsel-severity-required" in out


def test_one_profile_alone_can_be_read(own_profile: Path) -> None:
    status, out, _ = run("load", own_profile / "profil.json", command=profiles)
    assert (status, "1 profiler, 0 verdisett, 0 kodeverk" in out) == (0, True)


def test_where_there_is_nothing_published_it_says_so_with_status_2(tmp_path: Path, loose: Path) -> None:
    (tmp_path / "pakke.tgz").write_bytes(b"\x1f\x8b\x08 ikke noe videre")
    assert "ingen hel FHIR-pakke" in run("load", tmp_path / "pakke.tgz", command=profiles)[2]
    for folder in (tmp_path / "tom", tmp_path / "pakke.tgz"):
        folder.suffix or folder.mkdir()
        assert run("load", folder, command=profiles)[0] == 2
        assert run(loose, "--profiles", folder)[0] == 2


def test_our_profiles_can_be_listed_and_shown() -> None:
    status, out, _ = run("list", command=profiles)
    assert (status, "vkp-detectedissue" in out) == (0, True)
    status, out, _ = run("show", "vkp-encounter", command=profiles)
    assert "Encounter.participant.type" in out
    assert "minst 1; høyst 1; kode fra" in out
    assert run("show", "VKP-Encounter", command=profiles)[1] == out
    assert run("show", "finnes-ikke", command=profiles)[0] == 2


@pytest.mark.needs("standards")
def test_the_comparison_with_the_published_profiles_tells_what_r4_does_not_have() -> None:
    status, out, _ = run("compare", VKP, command=profiles)
    assert status == 1
    assert out.strip().endswith("5 ulikheter")
