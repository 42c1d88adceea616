"""How fast a national day is generated, and in how much memory: `python -m tests.benchmarks.generation_speed`.

Builds the 357 municipalities' residents, generates a normal day of everything that is sent (messages written out in
full, response centres answering), and counts. One process, one core, nothing sent anywhere. Prints one JSON object:
`events_per_s` counts events only, `messages_per_s` statuses too, both per second of the processor's own time.
"""

from __future__ import annotations

import json
import platform
import resource
import time
from collections import Counter
from dataclasses import asdict, dataclass

from devices_sim.assembly import Wish, assembled
from devices_sim.playing.player import collector_at_rest
from devices_sim.simulation import simulated


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures. Seconds are of the processor; `wall_s` is of the clock on the wall; memory is the process's peak."""

    residents: int
    build_s: float
    events: int
    statuses: int
    dispenses: int
    readings: int
    megabytes: float
    generate_s: float
    wall_s: float
    events_per_s: float
    messages_per_s: float
    peak_memory_mib: int
    machine: str


def measure(place: str = "norway", seed: int = 1) -> Measured:
    """Generate a day of `place` and count."""
    begun = time.process_time()
    run = assembled(Wish(place=place, seed=seed))
    built = time.process_time()
    wall = time.monotonic()
    kinds: Counter[str] = Counter()
    size = 0
    with collector_at_rest():
        for emission in simulated(run):
            kinds[emission.resource_type or "status"] += 1
            size += len(emission.payload)
    seconds = time.process_time() - built
    statuses = kinds.pop("status")
    events = sum(kinds.values())
    return Measured(
        residents=run.world.population.size,
        build_s=round(built - begun, 2),
        events=events,
        statuses=statuses,
        dispenses=kinds["MedicationDispense"],
        readings=kinds["Observation"],
        megabytes=round(size / 1e6, 1),
        generate_s=round(seconds, 2),
        wall_s=round(time.monotonic() - wall, 2),
        events_per_s=round(events / seconds),
        messages_per_s=round((events + statuses) / seconds),
        peak_memory_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        machine=f"{platform.machine()}, Python {platform.python_version()}",
    )


def main() -> None:
    """Measure and print."""
    print(json.dumps(asdict(measure())))


if __name__ == "__main__":
    main()
