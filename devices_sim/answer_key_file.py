"""The answer key as a file: one JSON object a line, written while the run goes on.

A line says what it is in `kind_of_line`: `run` first, then `case`, `fault` and `technical` as they are settled, `end`
last. The file names patients (all of them synthetic): it is a truth to test against, not a log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import orjson
from pydantic import TypeAdapter, ValidationError

from devices_sim.answer_key import AnswerKey, Scribe, TrueCase, TrueFault
from devices_sim.technical import TrueTechnical
from hub.model.errors import ConfigurationError, ConfigurationFault


class AnswerKeyFile:
    """Writes a scribe's truth to a file. Used with `with`; the last lines are written on the way out."""

    def __init__(self, path: Path, scribe: Scribe, about: Mapping[str, object]) -> None:
        self._path = path
        self._scribe = scribe
        self._about = about
        self._cases = 0
        self._must = 0

    def __enter__(self) -> AnswerKeyFile:
        try:
            self._file: BinaryIO = self._path.open("wb")
        except OSError as error:
            text = f"kan ikke skrives: {error.strerror}"
            raise ConfigurationError([ConfigurationFault(0, str(self._path), text)]) from error
        self._write("run", self._about)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        with self._file:
            self.settle(_END)
            for alert in self._scribe.silent():
                self._write("technical", asdict(alert))
            scribe = self._scribe
            self._write(
                "end",
                {
                    "complete": kind is None,
                    "published": scribe.published,
                    "statuses": scribe.statuses,
                    "cases": self._cases,
                    "unique_cases": self._must,
                },
            )

    def settle(self, before: datetime) -> None:
        """Write the cases of which nothing was sent since `before`, and forget them."""
        for case in self._scribe.closed(before):
            self._cases += 1
            self._must += case.must_have_note
            self._write("case", asdict(case))
        for fault in self._scribe.faults_so_far():
            self._write("fault", asdict(fault))
        for alert in self._scribe.technical_so_far():
            self._write("technical", asdict(alert))

    def _write(self, kind: str, content: Mapping[str, object]) -> None:
        self._file.write(orjson.dumps({"kind_of_line": kind, **content}, option=orjson.OPT_APPEND_NEWLINE))


#: After everything.
_END = datetime.max.replace(tzinfo=UTC)


def read_answer_key(path: Path) -> AnswerKey:
    """The answer key in a file, cases in order of time. Raises ConfigurationError where it can't be read."""
    found: dict[str, list[Any]] = {kind: [] for kind in (*_READERS, "run", "end")}
    for number, content in _lines(path):
        try:
            kind = content.pop("kind_of_line")
            found[kind].append(_READERS[kind].validate_python(content) if kind in _READERS else content)
        except (KeyError, ValidationError) as error:
            raise _unreadable(number, "ikke en linje i en fasit av denne utgaven") from error
    if not found["end"]:
        raise _unreadable(0, "fasiten er ikke ferdig: siste linje mangler")
    end = found["end"][0]
    cases = sorted(found["case"], key=lambda case: (case.occurred_at, case.id))
    return AnswerKey(tuple(cases), tuple(found["fault"]), tuple(found["technical"]), end["published"], end["statuses"])


_READERS: dict[str, TypeAdapter[Any]] = {
    "case": TypeAdapter(TrueCase),
    "fault": TypeAdapter(TrueFault),
    "technical": TypeAdapter(TrueTechnical),
}


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                content = orjson.loads(line)
                if not isinstance(content, dict):
                    raise _unreadable(number, "ikke et JSON-objekt")
                yield number, content
    except OSError as error:
        raise _unreadable(0, f"kan ikke leses: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise _unreadable(0, "er ingen fasit fra simulatoren") from error


def _unreadable(line: int, text: str) -> ConfigurationError:
    return ConfigurationError([ConfigurationFault(line, "fasit", text)])
