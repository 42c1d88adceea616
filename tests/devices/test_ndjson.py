from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices_sim.emission import Emission
from devices_sim.ndjson import line_of, read_emissions
from devices_sim.simulation import simulated
from hub.model.errors import ConfigurationError
from tests.devices.worlds import START, in_testvik

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _read(tmp_path: Path, lines: bytes) -> list[Emission]:
    path = tmp_path / "events.ndjson"
    path.write_bytes(lines)
    return list(read_emissions(path))


def test_a_whole_run_is_replayed_byte_for_byte(tmp_path: Path) -> None:
    sent = [e for e in simulated(in_testvik("everything_wrong", 3, 24)) if not e.lost]
    read = _read(tmp_path, b"".join(map(line_of, sent)))
    assert [(e.topic, e.payload, e.kind, e.retain) for e in read] == [
        (e.topic, e.payload, e.kind, e.retain) for e in sent
    ]
    assert [int(e.at.timestamp() * 1000) for e in read] == [int(e.at.timestamp() * 1000) for e in sent]


@given(JSON.map(lambda value: {"x": value}))
def test_any_json_object_keeps_its_bytes(tmp_path_factory: pytest.TempPathFactory, value: dict[str, object]) -> None:
    payload = orjson.dumps(value)
    emission = Emission(START, "vft/314159265/A/b/event", payload)
    (read,) = _read(tmp_path_factory.mktemp("n"), line_of(emission))
    assert read.payload == payload


@given(st.binary(max_size=200))
def test_bytes_that_are_no_json_are_kept_as_raw(tmp_path_factory: pytest.TempPathFactory, payload: bytes) -> None:
    emission = Emission(START, "vft/314159265/A/b/event", payload, fault="broken_json")
    line = line_of(emission)
    assert line.count(b"\n") == 1
    (read,) = _read(tmp_path_factory.mktemp("n"), line)
    assert read.payload == payload


def test_times_are_utc_of_one_width_and_in_order() -> None:
    lines = [orjson.loads(line_of(e)) for e in simulated(in_testvik(None, 3, 24)) if not e.lost]
    times = [line["at"] for line in lines]
    assert {len(t) for t in times} == {24}
    assert times == sorted(times)
    assert all(t.endswith("Z") for t in times)
    assert all(line.keys() == {"at", "topic", "payload"} for line in lines)


def test_a_file_recorded_elsewhere_is_read_whatever_its_layout(tmp_path: Path) -> None:
    recorded = (
        '{ "topic": "vft/314159265/X/y/event", "payload": {"resourceType": "Observation", "b": [1, 2.50]},'
        ' "at": "2026-01-01T00:00:00+01:00", "extra": 1 }\n\n'
    )
    (read,) = _read(tmp_path, recorded.encode())
    assert orjson.loads(read.payload) == {"resourceType": "Observation", "b": [1, 2.5]}
    assert read.at == datetime(2025, 12, 31, 23, 0, tzinfo=UTC)
    assert read.resource_type == "Observation"


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        '{"at":"2026-01-01T00:00:00","topic":"t","payload":{}}',
        '{"at":"2026-01-01T00:00:00Z","payload":{}}',
        '{"at":"2026-01-01T00:00:00Z","topic":"t"}',
        '{"at":"2026-01-01T00:00:00Z","topic":"t","raw":5}',
    ],
)
def test_a_line_that_cannot_be_read_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    good = line_of(Emission(START, "vft/1/2/3/event", b"{}"))
    with pytest.raises(ConfigurationError, match="linje 2"):
        _read(tmp_path, good + line.encode() + b"\n")
