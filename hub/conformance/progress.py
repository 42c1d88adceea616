"""A run's results on disk as they come (`progress.jsonl`), so that it can be stopped, resumed and repeated in part."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from hub.conformance.results import Result, TestResult
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.language import Frozen

FILE = "progress.jsonl"


class RunHead(Frozen):
    """What a run is about; a resumed run must be about the same."""

    plan: str
    target: str
    started: datetime


class Progress:
    """The results of the run in `folder`; each is on disk when `add` returns."""

    def __init__(self, folder: Path, head: RunHead, results: Iterable[TestResult] = ()) -> None:
        self.head = head
        self._file = folder / FILE
        self._results = {result.id: result for result in results}

    @classmethod
    def begin(cls, folder: Path, head: RunHead) -> Progress:
        """A new run; what an earlier one left there is written over."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(head.model_dump_json() + "\n", encoding="utf-8")
        return cls(folder, head)

    @classmethod
    def resume(cls, folder: Path, head: RunHead) -> Progress:
        """The run in `folder`, to go on with. Raises ConfigurationError when none of the kind is there."""
        try:
            first, *lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
            known = RunHead.model_validate_json(first)
        except (OSError, ValueError) as error:
            raise _fault("ingen påbegynt prøve å fortsette") from error
        if (known.plan, known.target) != (head.plan, head.target):
            raise _fault(f"prøven der gjelder {known.plan} og {known.target}")
        return cls(folder, known, map(TestResult.model_validate_json, filter(_is_whole, lines)))

    @property
    def results(self) -> dict[str, TestResult]:
        """The newest result of each test, by its id."""
        return dict(self._results)

    def done(self) -> set[str]:
        """The tests that need not run again: all but those that were in error or waited for a person."""
        return {r.id for r in self._results.values() if r.result not in (Result.ERROR, Result.WAIT)}

    def add(self, result: TestResult) -> None:
        """Keep a result; a newer one of the same test replaces it."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(result.model_dump_json() + "\n")
        self._results[result.id] = result


def _is_whole(line: str) -> bool:
    """Whether a line was written to its end before the run was stopped."""
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _fault(text: str) -> ConfigurationError:
    return ConfigurationError([ConfigurationFault(0, FILE, text)])
