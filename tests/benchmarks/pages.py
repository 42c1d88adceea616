"""How fast the console's pages answer with 100,000 cases in the store, and what they weigh. Run as a module:

`python -m tests.benchmarks.pages [CASES]`
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import orjson

from connectors.testing.running_hub import RunningHub, running_hub
from hub.app.ids import CaseIds
from hub.model.clock import SystemClock
from hub.model.person import IDENTITY_NUMBER, PatientRef
from hub.model.times import microseconds
from hub.store import schema
from hub.store.accepting import lane_of, partition_of
from hub.store.engine import Engines, open_engines
from hub.store.schema_console import flow
from tests.console.visitor import Visitor
from tests.messages import LINE, MUNICIPALITY, SENDER, alarm

CONFIGURATION = Path(__file__).parents[1] / "console" / "towns.toml"
PATHS = ("/", "/flow", "/flow?what=duplicate", "/flow?kind=measurement", "/cases", "/drift", "/drift/devices")
PATHS += ("/quarantine", "/try", "/journals", "/costs", "/sign-in", "/rehearsal")
ROUNDS = 20
_AT_A_TIME = 5_000
_UNSETTLED_EVERY = 200
_DEVICES = 5_000
_QUARANTINED = 300


async def fill(engines: Engines, cases: int) -> str:
    """Put `cases` delivered cases with their messages into the store, some of them waiting; give one of them."""
    new_id, now = CaseIds().next, microseconds(SystemClock().now())
    last = ""
    for start in range(0, cases, _AT_A_TIME):
        rows = [_rows(new_id(), n, now - (cases - n) * 1_000_000) for n in range(start, start + _AT_A_TIME)]
        async with engines.writing() as connection:
            for table, place in ((schema.cases, 0), (schema.messages, 1), (schema.deliveries, 2), (flow, 3)):
                await connection.execute(table.insert(), [row[place] for row in rows])
        last = rows[-2][0]["id"]
    async with engines.writing() as connection:
        await connection.execute(schema.devices.insert(), [_device(n, now) for n in range(_DEVICES)])
        await connection.execute(schema.quarantine.insert(), [_quarantined(n, now) for n in range(_QUARANTINED)])
    return last


def _rows(case: str, n: int, at: int) -> tuple[dict, dict, dict, dict]:
    patient = PatientRef(IDENTITY_NUMBER, f"{n % 20_000:011}")
    body = orjson.dumps(alarm(f"a-{n}", patient=LINE))
    common = {"case_id": case, "municipality": MUNICIPALITY}
    is_waiting = n % _UNSETTLED_EVERY == 0
    return (
        {
            "id": case, "municipality": MUNICIPALITY, "patient_system": patient.system, "patient_value": patient.value,
            "sender": SENDER, "kind": "alert", "service_code": "ta", "alert_code": "3", "occurred_at": at,
            "opened_at": at, "change": 1, "messages": 1,
        },
        {
            "case_id": case, "number": 1, "identity": f"identity-{n}", "content_hash": f"hash-{n}", "sender": SENDER,
            "door": "mqtt", "resource_type": "DetectedIssue", "raw": body, "registered_at": at, "said_at": at,
            "occurred_at": at, "standing": "current", "is_alert": 1,
        },
        {
            **common, "destination": "epj", "lane": lane_of(MUNICIPALITY, patient, "epj"),
            "partition": partition_of(MUNICIPALITY, patient), "state": "waiting" if is_waiting else "settled",
            "reason": "refused" if is_waiting else None, "wanted": 1, "settled": 0 if is_waiting else 1,
            "note_revision": 1, "attempts": 0, "not_before_real": 0.0, "enqueued_real": 0.0, "occurred_at": at,
            "settled_at": at, "page": n + 1, "paged_at": at,
        },
        {**common, "at": at, "what": "accepted", "sender": SENDER, "number": 1, "detail": "mqtt DetectedIssue"},
    )  # fmt: skip


def _device(n: int, now: int) -> dict:
    common = {"municipality": MUNICIPALITY, "sender": SENDER, "device": f"TA-{n}", "state": "ok", "heard_at": now}
    return {**common, "battery": 80.0, "silent_since": now if n % 50 == 0 else None}


def _quarantined(n: int, now: int) -> dict:
    finding = {"severity": "error", "path": "DetectedIssue.code", "rule": "x", "advice": "Rett koden."}
    return {
        "kind": "rejected", "state": "open", "door": "mqtt", "municipality": MUNICIPALITY, "sender": SENDER,
        "raw": b"{}", "sha256": f"{n:064}", "findings": orjson.dumps([finding]).decode(), "received_at": now,
        "times": 1,
    }  # fmt: skip


async def measured(hub: RunningHub, paths: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """By path: median and worst answer time in milliseconds, and the weight with static files in kilobytes."""
    found = {}
    async with Visitor.at(hub.http) as visitor:
        await visitor.sign_in("drift")
        for path in paths:
            times = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                answer = await visitor.get(path)
                times.append((time.perf_counter() - began) * 1000)
            files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text))
            weight = len(answer.text.encode()) + sum([len((await visitor.get(f)).text.encode()) for f in files])
            name = re.sub(r"/cases/0.*", "/cases/…", path)
            found[name] = {
                "status": answer.status,
                "median_ms": round(statistics.median(times), 1),
                "worst_ms": round(max(times), 1),
                "kB": round(weight / 1000, 1),
            }
    return found


async def _filled(folder: Path, cases: int) -> str:
    engines = await open_engines(folder / "data" / "knutepunkt.sqlite")
    try:
        return await fill(engines, cases)
    finally:
        await engines.aclose()


def main() -> None:
    """Fill a store, start a hub on it, and print what was measured as JSON."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="kp-pages-") as directory:
        folder = Path(directory)
        (folder / "data").mkdir()
        case = asyncio.run(_filled(folder, cases))
        with running_hub(folder, CONFIGURATION) as hub:
            print(json.dumps(asyncio.run(measured(hub, (*PATHS, f"/cases/{case}"))), indent=1))


if __name__ == "__main__":
    main()
