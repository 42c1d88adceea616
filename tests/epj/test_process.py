"""`python -m epj_adapter.simulated`: one process, many EPJs, a ready file, a clean end, nothing lost by a kill."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from .conftest import ADAPTERS
from .notes import fresh_note

Ready = dict[str, dict[str, str]]


async def _start(config: Any, tmp_path: Path, **more: Any) -> tuple[Process, Ready]:
    file, ready = tmp_path / "epj.json", tmp_path / "ready.json"
    ready.unlink(missing_ok=True)
    file.write_bytes(orjson.dumps(config))
    command = [sys.executable, "-m", "epj_adapter.simulated", "--config", str(file), "--ready", str(ready)]
    process = await asyncio.create_subprocess_exec(*command, **more)
    async with asyncio.timeout(20):
        while not ready.exists():
            assert process.returncode is None, "it ended before it was ready"
            await asyncio.sleep(0.02)
    return process, orjson.loads(ready.read_bytes())


def _config(tmp_path: Path, *adapters: str) -> list[dict[str, Any]]:
    return [
        {
            "organisation_number": f"31415926{i}",
            "adapter": name,
            "store": str(tmp_path / f"{i}.db"),
            "port": 0,
            "hub_url": "http://127.0.0.1:9",
        }
        for i, name in enumerate(adapters)
    ]


async def test_all_kinds_run_in_one_process_and_end_at_sigterm(tmp_path: Path) -> None:
    process, ready = await _start(_config(tmp_path, "fhir_rest", "journal_rest", "pull"), tmp_path)
    assert set(ready) == {"314159260", "314159261", "314159262"}
    assert ready["314159260"]["url"].endswith("/fhir")
    assert ready["314159261"]["url"].endswith("/journal")
    async with aiohttp.ClientSession() as http:
        for one in ready.values():
            async with http.get(f"{one['admin']}/counts") as answer:
                assert (await answer.json())["notes"] == 0
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_what_was_answered_survives_sigkill_and_a_restart_on_the_same_store(tmp_path: Path) -> None:
    config = _config(tmp_path, "fhir_rest")
    process, ready = await _start(config, tmp_path)
    answered: list[str] = []
    enough = asyncio.Event()

    async def write_until_killed() -> None:
        adapter = ADAPTERS["fhir_rest"].build(ready["314159260"]["url"], timeout_s=5, max_in_flight=8, secret=None)
        try:
            while True:
                note = fresh_note()
                await adapter.write(note, note.key)
                answered.append(note.key)
                if len(answered) == 200:
                    enough.set()
        finally:
            await adapter.aclose()

    writers = [asyncio.create_task(write_until_killed()) for _ in range(8)]
    await asyncio.wait_for(enough.wait(), 20)
    process.kill()
    await process.wait()
    await asyncio.gather(*writers, return_exceptions=True)

    process, ready = await _start(config, tmp_path)
    async with aiohttp.ClientSession() as http, http.get(f"{ready['314159260']['admin']}/notes") as answer:
        kept = [note["key"] for note in await answer.json()]
    process.terminate()
    await process.wait()
    assert set(answered) <= set(kept)
    assert len(kept) == len(set(kept))


async def test_an_inherited_socket_and_a_ready_file_in_the_configuration_are_used(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        epj = {**_config(tmp_path, "journal_rest")[0], "socket": listening.fileno()}
        config = {"epjs": [epj], "ready_file": str(tmp_path / "ready.json")}
        process, ready = await _start(config, tmp_path, pass_fds=(listening.fileno(),))
        port = listening.getsockname()[1]
        assert ready["314159260"]["url"] == f"http://127.0.0.1:{port}/journal"
        async with aiohttp.ClientSession() as http:
            async with http.post(f"{ready['314159260']['admin']}/faults", json={"fault": "closed"}) as answer:
                assert answer.status == 201
            with pytest.raises(aiohttp.ClientConnectorError):
                await http.get(f"http://127.0.0.1:{port}/")
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0


@pytest.mark.parametrize(
    ("config", "word"),
    [
        ([{"adapter": "fhir_rest", "store": "x"}], "organisation_number"),
        ([{"organisation_number": "1", "adapter": "telepathy", "store": "x"}], "adapter"),
        ([{"organisation_number": "1", "adapter": "pull", "store": "x"}], "hub_url"),
        ([{"organisation_number": "1", "adapter": "fhir_rest", "store": "x", "prot": 1}], "prot"),
        ({"epjs": 7}, "liste"),
    ],
)
async def test_a_faulty_configuration_ends_it_with_a_word(tmp_path: Path, config: Any, word: str) -> None:
    file = tmp_path / "epj.json"
    file.write_bytes(orjson.dumps(config))
    command = [sys.executable, "-m", "epj_adapter.simulated", "--config", str(file)]
    process = await asyncio.create_subprocess_exec(*command, stderr=PIPE)
    _, said = await process.communicate()
    assert process.returncode == 2
    assert word in said.decode()
