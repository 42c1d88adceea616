"""Checking against fhir.resources: how many messages a second each reads, in one run, on one core.

Run with `python -m tests.benchmarks.lint_speed [--json]`. Both start from the same bytes: ours parses and checks all
profiles, fhir.resources (R4B) parses and validates R4's structure. Nothing is asserted: machines differ.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import orjson
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.medicationdispense import MedicationDispense
from fhir.resources.R4B.observation import Observation

from hub.fhir.checking import check
from hub.fhir.parsing import parse
from tests.fhir.samples import BUNDLE, DISPENSE, NOW, OBSERVATION

_ROUNDS = 5
_SECONDS = 0.6


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured of one message: its size in bytes, and messages a second."""

    message: str
    size: int
    check_per_s: int
    fhir_resources_per_s: int

    @property
    def ratio(self) -> float:
        """How many times as many messages the check reads."""
        return self.check_per_s / self.fhir_resources_per_s


def _per_second(read: Callable[[], object]) -> int:
    """The best of some rounds, by processor time, after one round to warm up."""
    best = 0.0
    for _ in range(_ROUNDS + 1):
        count, start = 0, time.process_time()
        while (used := time.process_time() - start) < _SECONDS:
            for _ in range(20):
                read()
            count += 20
        best = max(best, count / used)
    return round(best)


def _checked(raw: bytes) -> Callable[[], object]:
    return lambda: check(parse(raw), now=NOW, mode="test")


def measured() -> list[Speed]:
    """The speeds for a measurement, a dispense and a document."""
    samples = {
        "Observation": (OBSERVATION, Observation),
        "MedicationDispense": (DISPENSE, MedicationDispense),
        "Bundle": (BUNDLE, Bundle),
    }
    speeds = []
    for name, (sample, model) in samples.items():
        raw = orjson.dumps(sample)
        ours = _per_second(_checked(raw))
        theirs = _per_second(lambda raw=raw, model=model: model.model_validate_json(raw))
        speeds.append(Speed(name, len(raw), ours, theirs))
    return speeds


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true")
    speeds = measured()
    if arguments.parse_args().json:
        json.dump([{**asdict(s), "ratio": round(s.ratio, 2)} for s in speeds], sys.stdout)
        return
    print(f"{'message':20} {'bytes':>6} {'check/s':>9} {'fhir.resources/s':>17} {'ratio':>6}")
    for s in speeds:
        print(f"{s.message:20} {s.size:>6} {s.check_per_s:>9} {s.fhir_resources_per_s:>17} {s.ratio:>6.1f}")


if __name__ == "__main__":
    main()
