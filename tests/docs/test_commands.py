"""The commands of README.md and docs/operations.md, run as they stand against a hub that they started themselves."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.mqtt import MqttConnection
from tests.docs.blocks import Block, blocks
from tests.messages import alarm, uuid
from tests.optional import ROOT

pytestmark = pytest.mark.slow

#: Run elsewhere: tests/system plays the demo, and this is the test run.
ELSEWHERE = {"./knutepunkt demo\n", "./knutepunkt test\n"}
TOPIC = "vft/314159265/Acme_Alarm_Testvik/knapp-1"


class Workplace:
    """A folder as after `git clone`, in which pages' commands are run; `up` is left running."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.up: subprocess.Popen[bytes] | None = None
        (folder / "knutepunkt").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hub.cli "$@"\n')
        (folder / "knutepunkt").chmod(0o755)
        (folder / ".venv").symlink_to(Path(sys.prefix))
        (folder / "config.example.toml").symlink_to(ROOT / "config.example.toml")
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
        self.substitutes: dict[str, str] = {}

    def run(self, block: Block) -> str:
        """Run a block; every command in it must end well. A command that serves is started and waited for."""
        said = []
        for command in block.text.splitlines():
            words = command.replace("--http-port 8000", "--http-port 0").replace("--mqtt-port 1883", "--mqtt-port 0")
            for old, new in self.substitutes.items():
                words = words.replace(old, new)
            if words.startswith("./knutepunkt up"):
                self._serve(words)
            else:
                said.append(self._once(words, f"line {block.line}: {command}"))
        return "".join(said)

    def _once(self, command: str, name: str) -> str:
        shell = ["sh", "-ec", command.replace("curl -s", "curl -sf")]
        done = subprocess.run(
            shell, cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, f"{name}\n{done.stdout}{done.stderr}"
        return done.stdout

    def _serve(self, command: str) -> None:
        self.end()
        self.up = subprocess.Popen(
            ["sh", "-c", f"exec {command}"], cwd=self.folder, env=self._environment, stdout=subprocess.DEVNULL
        )
        ends = time.monotonic() + 30
        while not (self.folder / "data" / "endpoints.json").exists():
            assert self.up.poll() is None
            assert time.monotonic() < ends
            time.sleep(0.02)
        self.substitutes["http://127.0.0.1:8000"] = self.endpoints["http"]

    @property
    def endpoints(self) -> dict[str, Any]:
        return json.loads((self.folder / "data" / "endpoints.json").read_text())

    def get(self, address: str) -> Any:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.loads(answer.read())

    def until(self, address: str, holds: str) -> Any:
        """What `address` answers, once it answers something."""
        ends = time.monotonic() + 20
        while not (found := self.get(address)):
            assert time.monotonic() < ends, holds
            time.sleep(0.05)
        return found

    def end(self) -> None:
        if self.up is not None and self.up.poll() is None:
            self.up.send_signal(signal.SIGTERM)
            assert self.up.wait(20) == 0


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    folder = tmp_path / "knute punkt"
    folder.mkdir()
    made = Workplace(folder)
    yield made
    made.end()


async def publish(workplace: Workplace, payload: bytes) -> None:
    async with MqttConnection(workplace.endpoints["mqtt"], client_id="reader") as connection:
        receipts = connection.subscribe(f"{TOPIC}/receipt")
        await receipts.ready()
        await connection.publish(f"{TOPIC}/event", payload)
        await anext(aiter(receipts))


def refuse_notes(workplace: Workplace) -> None:
    body = json.dumps({"fault": "refuses", "count": 1}).encode()
    request = urllib.request.Request(f"{workplace.endpoints['epj_admin']['314159265']}/faults", body)
    urllib.request.urlopen(request, timeout=10).close()


def test_the_readmes_commands_do_what_it_says(workplace: Workplace) -> None:
    shown = blocks(ROOT / "README.md", "sh")
    assert {block.text for block in shown} >= ELSEWHERE
    for block in shown:
        if block.text not in ELSEWHERE:
            workplace.run(block)
    assert workplace.get(f"{workplace.endpoints['http']}/operations/summary")["received"] == 0


@pytest.mark.needs("curl")
async def test_the_commands_for_running_it_do_what_they_say(workplace: Workplace) -> None:
    start, doing, looking, listing, correcting, resending, holding, saving = blocks(
        ROOT / "docs" / "operations.md", "sh"
    )
    workplace.run(start)
    http = workplace.endpoints["http"]
    await publish(workplace, b"{broken")
    refuse_notes(workplace)
    await publish(workplace, orjson.dumps(alarm(uuid("waits"))))
    (waiting,) = workplace.until(f"{http}/operations/waiting", "a refused note waits")
    workplace.substitutes["CASE_ID"] = waiting["case_id"]

    assert '"quarantined":1' in workplace.run(doing)
    workplace.run(looking)
    assert "1 i karantene" in workplace.run(listing)
    workplace.run(correcting)
    assert (workplace.folder / "corrected.json").read_text() == "{broken"
    assert workplace.get(f"{http}/operations/quarantine") == []

    workplace.run(resending)
    assert workplace.until(f"{http}/operations/summary", "counts")["waits_for_person"] == 0
    workplace.run(holding)
    workplace.run(saving)
    assert {p.name for p in (workplace.folder / "backup").iterdir()} == {
        "knutepunkt.sqlite",
        "pseudonym.key",
        "console.key",
        "installation.id",
    }


def test_a_restored_back_up_goes_on_where_it_was_made(workplace: Workplace) -> None:
    start, *_, saving = blocks(ROOT / "docs" / "operations.md", "sh")
    workplace.run(start)
    workplace.run(saving)
    workplace.end()
    (workplace.folder / "data").rename(workplace.folder / "lost")
    (workplace.folder / "backup").rename(workplace.folder / "data")
    workplace.run(start)
    assert workplace.get(f"{workplace.endpoints['http']}/health") == {"ready": True}
    assert re.fullmatch(r"[0-9a-f]{16}", (workplace.folder / "data" / "installation.id").read_text())
