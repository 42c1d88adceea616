from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.conformance.progress import FILE, Progress, RunHead
from hub.conformance.requirement import Grade, Level
from hub.conformance.results import Result, TestResult
from hub.conformance.verdicts import both
from hub.model.errors import ConfigurationError

HEAD = RunHead(plan="connector", target="acme:Acme", started=datetime(2026, 11, 23, tzinfo=UTC))


def result(name: str, ended: Result) -> TestResult:
    title = both("tittel", "title")
    return TestResult(
        id=name, suite="s", group="s.g", title=title, requirement="X", level=Level.MUST, grade=Grade.B, result=ended
    )


def test_a_run_is_found_again_with_its_newest_results(tmp_path: Path) -> None:
    begun = Progress.begin(tmp_path / "report", HEAD)
    for ended in (Result.FAIL, Result.PASS):
        begun.add(result("one", ended))
    begun.add(result("two", Result.ERROR))
    again = Progress.resume(tmp_path / "report", HEAD.model_copy(update={"started": datetime.now(UTC)}))
    assert {name: found.result for name, found in again.results.items()} == {"one": "pass", "two": "error"}
    assert again.head.started == HEAD.started


def test_what_was_in_error_or_waited_is_not_done(tmp_path: Path) -> None:
    progress = Progress.begin(tmp_path, HEAD)
    for ended in Result:
        progress.add(result(ended.value, ended))
    assert progress.done() == {"pass", "fail", "skip", "omit"}


def test_a_line_that_was_cut_off_by_a_kill_is_passed_over(tmp_path: Path) -> None:
    progress = Progress.begin(tmp_path, HEAD)
    progress.add(result("one", Result.PASS))
    progress.add(result("two", Result.PASS))
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(text[:-40], encoding="utf-8")
    assert set(Progress.resume(tmp_path, HEAD).results) == {"one"}


@pytest.mark.parametrize("other", [{"plan": "epj"}, {"target": "other:Other"}])
def test_a_run_of_something_else_is_not_gone_on_with(tmp_path: Path, other: dict[str, str]) -> None:
    Progress.begin(tmp_path, HEAD)
    with pytest.raises(ConfigurationError):
        Progress.resume(tmp_path, HEAD.model_copy(update=other))


def test_there_must_be_a_run_to_go_on_with(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        Progress.resume(tmp_path, HEAD)
