"""From MQTT publish to a note settled in the simulated EPJ, with receipts on, everything on this machine.

Run by `knutepunkt bench`. Sustained events/s; p50 and p99 latency at half of that rate; CPU and memory of the hub's
processes (broker, hub, EPJ, supervisor) and, apart, of the sender.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hub.app.supervisor import Running, Wishes, running
from hub.settings import Settings

_TREE = "vft/314159265/Acme_Alarm_Testvik"
_SETTLED_S = 120.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured. Latencies in milliseconds, memory in MiB, CPU in seconds."""

    events: int
    events_per_s: float
    accepted_per_s: float
    latency_rate_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_s_per_1000: dict[str, float]
    peak_memory_mib: dict[str, float]
    ready_s: float
    cores: int
    python: str
    machine: str

    def as_json(self) -> dict[str, Any]:
        """The figures as one JSON object."""
        return asdict(self)


async def measure(settings: Settings, *, events: int, rounds: int) -> Figures:
    """Run the benchmark: `rounds` bursts of `events`, the median counts, then one paced run at half of that rate."""
    with tempfile.TemporaryDirectory(prefix="knutepunkt-bench-") as directory:
        began = time.perf_counter()
        async with running(Wishes(settings, Path(directory))) as parts:
            ready = time.perf_counter() - began
            store = Path(directory) / "knutepunkt.sqlite"
            await _round(parts, store, prefix="warm", events=min(1_000, events), rate=0)
            before = _cpu(parts)
            bursts = [await _round(parts, store, prefix=f"burst{i}", events=events, rate=0) for i in range(rounds)]
            spent = {name: seconds - before[name] for name, seconds in _cpu(parts).items()}
            settled = statistics.median(b["settled_per_s"] for b in bursts)
            paced = await _round(parts, store, prefix="paced", events=int(settled / 2 * 8), rate=settled / 2)
            return Figures(
                events=events * rounds,
                events_per_s=round(settled, 1),
                accepted_per_s=round(statistics.median(b["accepted_per_s"] for b in bursts), 1),
                latency_rate_per_s=round(settled / 2, 1),
                p50_ms=round(paced["p50_ms"], 1),
                p99_ms=round(paced["p99_ms"], 1),
                cpu_s_per_1000={n: round(s / (events * rounds) * 1_000, 3) for n, s in spent.items()},
                peak_memory_mib=_memory(parts),
                ready_s=round(ready, 2),
                cores=os.cpu_count() or 0,
                python=platform.python_version(),
                machine=platform.machine(),
            )


async def _round(parts: Running, store: Path, *, prefix: str, events: int, rate: float) -> Mapping[str, float]:
    sender = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.benchmarks.publisher",
        parts.endpoints["mqtt"],
        _TREE,
        prefix,
        str(events),
        str(rate),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    output, _ = await sender.communicate()
    told = json.loads(output)
    if told["receipts"] != events:
        raise RuntimeError(f"{events} events were sent, {told['receipts']} receipts came back")
    settled = await _settled(store, prefix, events)
    latencies = sorted((settled[f"{prefix}-{i}"] - sent) * 1_000 for i, sent in enumerate(told["sent"]))
    return {
        "settled_per_s": events / (max(settled.values()) - told["began"]),
        "accepted_per_s": events / (told["ended"] - told["began"]),
        "p50_ms": latencies[len(latencies) // 2],
        "p99_ms": latencies[int(len(latencies) * 0.99)],
    }


async def _settled(store: Path, prefix: str, events: int) -> dict[str, float]:
    """When each event's note was settled, in seconds since 1970. Raises TimeoutError when some never are."""
    query = (
        "SELECT m.identifier_value, d.settled_at / 1e6 FROM messages m JOIN deliveries d ON d.case_id = m.case_id"
        " WHERE d.state = 'settled' AND m.identifier_value LIKE ?"
    )
    async with asyncio.timeout(_SETTLED_S):
        while True:
            with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
                found = dict(connection.execute(query, (f"{prefix}-%",)).fetchall())
            if len(found) == events:
                return found
            await asyncio.sleep(0.2)


def _cpu(parts: Running) -> dict[str, float]:
    """CPU seconds used so far by each part, and by the finished senders."""
    ticks = os.sysconf("SC_CLK_TCK")
    found = {}
    for name, keeper in parts.keepers.items():
        fields = Path(f"/proc/{keeper.pid}/stat").read_text().rpartition(")")[2].split()
        found[name] = (int(fields[11]) + int(fields[12])) / ticks
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    found["sender"] = spent.ru_utime + spent.ru_stime
    return found


def _memory(parts: Running) -> dict[str, float]:
    found = {}
    for name, keeper in parts.keepers.items():
        for line in Path(f"/proc/{keeper.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                found[name] = round(int(line.split()[1]) / 1024, 1)
    return found
