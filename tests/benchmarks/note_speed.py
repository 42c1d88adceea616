"""How fast a note is composed and written: CPU µs for each kind of case, and notes a second into a simulated EPJ.

Run it with `python -m tests.benchmarks.note_speed [--json]`. The ratio is to parsing the same message with
`orjson`, so that figures from machines of different speed can be compared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from epj_adapter import fhir_rest
from epj_adapter.document import document_bundle
from hub.journal import compose
from hub.model.case import CaseHistory
from hub.model.codes import EventKind
from tests import messages
from tests.journal.cases import blood_pressure, case, encounter

_ROUNDS = 5
_CALLS = 1000
_NOTES = 3000
_IN_FLIGHT = 64

#: The most that each step may cost, as a multiple of parsing the message; the CPU µs are of the machine in the report.
LIMITS = {"observation": {"compose": 40, "document": 25}, "alarm_with_follow_up": {"compose": 40, "document": 30}}


def cases() -> Mapping[str, CaseHistory]:
    """The cases that are timed."""
    handled = messages.document("d", messages.composition(), messages.alarm(), encounter())
    return {
        "observation": case(blood_pressure(), kind=EventKind.MEASUREMENT),
        "alarm_with_follow_up": case(messages.alarm(), handled),
    }


def microseconds(act: Callable[[], object]) -> float:
    """CPU µs of one call, the best of several rounds."""
    return min(_round(act) for _ in range(_ROUNDS)) / _CALLS * 1e6


def ratios() -> dict[str, dict[str, float]]:
    """For each case, what composing and writing the document cost, and each as a multiple of parsing."""
    return {name: _figures(one) for name, one in cases().items()}


async def notes_a_second(directory: Path) -> float:
    """Notes a second that the adapter gets into a simulated EPJ in a process of its own, composed one by one."""
    config, ready = directory / "epj.json", directory / "ready.json"
    epj = {"organisation_number": "314159265", "adapter": "fhir_rest", "store": str(directory / "epj.db")}
    config.write_bytes(orjson.dumps([epj]))
    command = [sys.executable, "-m", "epj_adapter.simulated", "--config", str(config), "--ready", str(ready)]
    process = await asyncio.create_subprocess_exec(*command)
    try:
        while not ready.exists():  # noqa: ASYNC110  # another process's file has no event
            await asyncio.sleep(0.01)
        return await _drive(orjson.loads(ready.read_bytes())["314159265"]["url"])
    finally:
        process.terminate()
        await process.wait()


async def _drive(url: str) -> float:
    adapter = fhir_rest.build(url, timeout_s=10, max_in_flight=_IN_FLIGHT, secret=None)
    one = cases()["observation"]
    waiting = iter([replace(one, key=f"sak-{i}") for i in range(_NOTES)])

    async def deliver() -> None:
        for each in waiting:
            await adapter.write(compose(each), each.key)

    began = time.perf_counter()
    await asyncio.gather(*(deliver() for _ in range(_IN_FLIGHT)))
    seconds = time.perf_counter() - began
    await adapter.aclose()
    return _NOTES / seconds


def _figures(one: CaseHistory) -> dict[str, float]:
    note = compose(one)
    parse = microseconds(lambda: [orjson.loads(m.raw) for m in one.messages])
    composed = microseconds(lambda: compose(one))
    written = microseconds(lambda: document_bundle(note))
    figures = {
        "parse_us": parse,
        "compose_us": composed,
        "document_us": written,
        "compose_ratio": composed / parse,
        "document_ratio": written / parse,
    }
    return {name: round(figure, 1) for name, figure in figures.items()}


def _round(act: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(_CALLS):
        act()
    return time.process_time() - began


def main() -> None:
    """Time, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        found: dict[str, Any] = {**ratios(), "notes_per_s": round(asyncio.run(notes_a_second(Path(directory))))}
    print(json.dumps(found) if given.json else json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
