from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from devices_sim.answer_key import Scribe
from devices_sim.answer_key_file import AnswerKeyFile, read_answer_key
from devices_sim.happening import Status
from devices_sim.simulation import simulated
from devices_sim.technical import SignsOfLife
from devices_sim.writing import written
from hub.model.errors import ConfigurationError
from tests.devices.worlds import START, a_happening, emitted, in_testvik


def test_a_file_holds_the_whole_truth_and_is_read_back_the_same(tmp_path: Path) -> None:
    scribe, whole = Scribe(), Scribe()
    with AnswerKeyFile(tmp_path / "key", scribe, {"seed": 1}) as file:
        for emission in simulated(in_testvik("everything_wrong", 2, 48)):
            scribe.note(emission)
            whole.note(emission)
            file.settle(emission.at - timedelta(hours=50))
    read, expected = read_answer_key(tmp_path / "key"), whole.key()
    assert read.cases == expected.cases
    assert read.faults == expected.faults
    assert set(read.technical) == set(expected.technical)
    assert (read.published, read.statuses) == (expected.published, expected.statuses)


def test_settled_cases_are_written_and_forgotten_while_the_run_goes_on(tmp_path: Path) -> None:
    scribe = Scribe()
    path = tmp_path / "key"
    with AnswerKeyFile(path, scribe, {}) as file:
        for emission in emitted(hours=24):
            scribe.note(emission)
        file.settle(START + timedelta(hours=12))
        remaining = len(scribe.key().cases)
    assert 0 < remaining < len(read_answer_key(path).cases)


def test_an_interrupted_run_says_that_it_is_not_complete(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with pytest.raises(KeyboardInterrupt), AnswerKeyFile(path, Scribe(), {}):
        raise KeyboardInterrupt
    assert b'"complete":false' in path.read_bytes()


@pytest.mark.parametrize("content", ["", "{}\n", "not json\n", "[1]\n", '{"kind_of_line":"case"}\n'])
def test_what_is_no_answer_key_is_refused_in_words(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key"
    path.write_text(content)
    with pytest.raises(ConfigurationError):
        read_answer_key(path)


def test_a_device_that_declares_no_interval_raises_no_silence() -> None:
    signs = SignsOfLife()
    status = written(a_happening("bed_sensor", Status("online", 80, None)))
    assert list(signs.note(status)) == []
    assert list(signs.silent(status.at + timedelta(days=30))) == []


def test_silence_is_told_once_at_the_time_that_was_declared() -> None:
    signs = SignsOfLife()
    status = written(a_happening("bed_sensor", Status("online", 80, 3600)))
    assert list(signs.note(status)) == []
    (silence,) = signs.silent(status.at + timedelta(hours=3))
    assert silence.why == "silence"
    assert silence.at == status.at + timedelta(hours=1)


def test_a_device_that_comes_back_late_was_silent_meanwhile() -> None:
    signs = SignsOfLife()
    first = written(a_happening("bed_sensor", Status("online", 80, 3600)))
    list(signs.note(first))
    (missed,) = signs.note(first._replace(at=first.at + timedelta(hours=2)))
    assert missed.at == first.at + timedelta(hours=1)
    assert list(signs.silent(first.at + timedelta(hours=2, minutes=30))) == []
