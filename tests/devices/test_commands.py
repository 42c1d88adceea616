"""The commands as a user runs them."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest
from aiohttp import web
from typer.testing import CliRunner, Result

from devices_sim.answer_key_file import read_answer_key
from devices_sim.playing import session
from hub.cli.devices import app as devices
from hub.cli.verify import app as verify
from hub.settings import parse
from tests.devices.test_targets import door
from tests.devices.worlds import ALL_DEVICES


def _devices(*arguments: str) -> Result:
    return CliRunner().invoke(devices, list(arguments))


def _run(tmp_path: Path, *arguments: str) -> Path:
    out = tmp_path / "events.ndjson"
    result = _devices("run", "--target", f"file:{out}", *arguments)
    assert result.exit_code == 0, result.output
    assert result.stderr.startswith("Sendt: ")
    return out


def test_every_device_type_is_listed_and_described() -> None:
    listed = _devices("list").output
    for name, device in ALL_DEVICES.items():
        described = _devices("describe", name)
        assert described.exit_code == 0
        assert device.title in described.output
        assert device.title in listed


def test_an_unknown_device_type_is_said_with_the_known_ones() -> None:
    result = _devices("describe", "toaster")
    assert result.exit_code == 2
    assert "safety_alarm" in result.output


def test_the_same_command_writes_the_same_bytes(tmp_path: Path) -> None:
    one = _run(tmp_path, "--municipality", "314159265", "--seed", "9", "--hours", "12").read_bytes()
    two = _run(tmp_path, "--municipality", "314159265", "--seed", "9", "--hours", "12").read_bytes()
    assert one == two
    assert one.count(b"\n") > 20


def test_speed_does_not_change_what_is_sent(tmp_path: Path) -> None:
    common = ("--municipality", "314159265", "--seed", "9", "--hours", "2")
    fast = _run(tmp_path, *common, "--speed", "max").read_bytes()
    slower = _run(tmp_path, *common, "--speed", "36000").read_bytes()
    assert fast == slower


def test_a_run_starts_in_the_middle_and_stops_after_so_many(tmp_path: Path) -> None:
    whole = _run(tmp_path, "--hours", "20").read_bytes().splitlines()
    rest = _run(tmp_path, "--hours", "20", "--skip-hours", "10").read_bytes().splitlines()
    assert rest == whole[-len(rest) :]
    assert 0 < len(rest) < len(whole)
    some = _run(tmp_path, "--hours", "20", "--limit", "7").read_bytes().splitlines()
    assert sum(b"/event" in line for line in some) == 7


def test_a_file_is_replayed(tmp_path: Path) -> None:
    first = _run(tmp_path, "--hours", "6")
    again = tmp_path / "again.ndjson"
    assert _devices("run", "--replay", str(first), "--target", f"file:{again}").exit_code == 0
    assert again.read_bytes() == first.read_bytes()


def test_a_scenario_with_faults_is_refused_with_every_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('name = "x"\nhours = "two"\n\n[[fault]]\nkind = "oops"\n')
    result = _devices("scenario", "check", str(file))
    assert result.exit_code == 2
    assert "linje 2" in result.output
    assert "linje 5" in result.output


def test_a_good_scenario_is_said_to_be_good() -> None:
    assert "i orden" in _devices("scenario", "check", "storm").output
    assert "storm" in _devices("scenario", "list").output


def test_a_population_is_counted() -> None:
    told = json.loads(_devices("population", "--municipality", "0301", "--json").output)
    assert told["municipalities"] == 1
    assert told["residents"] > 5_000
    assert told["equipment"].keys() == ALL_DEVICES.keys()


def test_the_configuration_lets_in_everything_that_is_sent(tmp_path: Path) -> None:
    told = _devices("configuration", "--municipality", "4601").output
    settings = parse(told, adapters=["fhir_rest"])
    senders = {(s.municipality, s.id) for s in settings.sender}
    for line in _run(tmp_path, "--municipality", "4601", "--hours", "3").read_bytes().splitlines():
        _, municipality, sender, _, _ = orjson.loads(line)["topic"].split("/")
        assert (municipality, sender) in senders


def test_rates_are_shown_with_their_sources() -> None:
    assert "KPR" in _devices("rates").output


def test_own_rates_change_what_happens(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text("[safety_alarm]\naccidental_per_day = 3.0\n")
    usual = _run(tmp_path, "--seed", "2").read_bytes().count(b"/event")
    busy = _run(tmp_path, "--seed", "2", "--rates", str(own)).read_bytes().count(b"/event")
    assert busy > usual * 2
    own.write_text("[safety_alarm]\naccidental = 3.0\n[camera]\nshare = -1\n")
    result = _devices("run", "--target", "file:-", "--rates", str(own))
    assert result.exit_code == 2


def test_places_that_exclude_each_other_are_refused() -> None:
    assert _devices("run", "--norway", "--municipality", "0301", "--target", "file:-").exit_code == 2
    assert _devices("run", "--municipality", "0000", "--target", "file:-").exit_code == 2
    assert _devices("run", "--start", "i går", "--target", "file:-").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--target", "file:{folder}/x", "--mqtt-version", "4"], "3.1.1 eller 5"),
        (["--target", "file:{folder}/x", "--municipality", ""], "--municipality"),
        (["--target", "file:{folder}/x", "--start", "0001-01-01T00:00:00Z"], "2000 til 2100"),
        (["--target", "file:{folder}/x", "--scenario", "stromm"], "stromm: kan ikke leses"),
        (["--target", "file:{folder}/x", "--answer-key", "{folder}"], "{folder}: kan ikke skrives"),
        (["--target", "file:{folder}/x", "--answer-key", "{folder}/../{name}/x"], "den samme filen"),
        (["--target", "file:{folder}/x", "--replay", "{folder}/x"], "den samme filen"),
        (["--target", "file:{folder}/y", "--replay", "{folder}"], "--replay"),
        (["--target", "mqtt://127.0.0.1:99999"], "port"),
        (["--target", "mqtt://"], "mangler vert"),
    ],
)
def test_what_cannot_be_run_is_said_in_words_and_costs_no_file(tmp_path: Path, arguments: list[str], said: str) -> None:
    kept = tmp_path / "x"
    kept.write_text("kept")
    named = [text.format(folder=tmp_path, name=tmp_path.name) for text in arguments]
    result = _devices("run", "--hours", "1", *named)
    assert (result.exit_code, kept.read_text()) == (2, "kept")
    assert said.format(folder=tmp_path) in result.output


def test_a_run_that_is_stopped_leaves_whole_files(tmp_path: Path) -> None:
    out, key = tmp_path / "events.ndjson", tmp_path / "key.ndjson"
    command = [sys.executable, "-m", "hub.cli", "devices", "run", "--hours", "8000"]
    with subprocess.Popen([*command, "--target", f"file:{out}", "--answer-key", str(key)]) as run:
        while not (out.exists() and out.stat().st_size):
            assert run.poll() is None
            time.sleep(0.05)
        run.terminate()
        assert run.wait(10) == 143
    sent = sum(b'/event"' in line for line in out.read_bytes().splitlines() if orjson.loads(line))
    end = orjson.loads(key.read_bytes().splitlines()[-1])
    assert (end["complete"], end["published"]) == (False, sent)


def test_two_runs_are_two_clients_of_a_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    clients: list[str] = []

    async def play(order: session.Order, titles: dict[str, str]) -> str:
        clients.append(order.where.client_id)
        return ""

    monkeypatch.setattr(session, "play", play)
    for _ in range(2):
        _devices("run", "--target", "mqtt://127.0.0.1")
    assert len(set(clients)) == 2


def test_a_chart_is_drawn_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        assert _devices("chart", str(tmp_path / name), "--municipality", "314159265").exit_code == 0
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert b"Medisindispenser" in (tmp_path / "a.svg").read_bytes()


def _notes(key_file: Path, notes_file: Path) -> None:
    """An EPJ's listing, as right as can be."""
    notes = [
        {
            "id": case.id,
            "patient": {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": case.patient},
            "text": " ".join(case.phrases),
            "sources": [{"identifier": {"value": name}} for name in case.message_identifiers],
        }
        for case in sorted(read_answer_key(key_file).cases, key=lambda case: case.due_at)  # type: ignore[arg-type, return-value]
    ]
    notes_file.write_bytes(orjson.dumps(notes))


@pytest.fixture
def key_and_notes(tmp_path: Path) -> tuple[Path, Path]:
    _run(tmp_path, "--answer-key", str(tmp_path / "key"))
    _notes(tmp_path / "key", tmp_path / "notes.json")
    return tmp_path / "key", tmp_path / "notes.json"


def test_verify_says_that_all_is_well_or_what_is_not(key_and_notes: tuple[Path, Path]) -> None:
    key, notes = key_and_notes
    right = CliRunner().invoke(verify, ["--answer-key", str(key), "--epj", str(notes)])
    assert right.exit_code == 0, right.output
    listed = orjson.loads(notes.read_bytes())
    notes.write_bytes(orjson.dumps([*listed[1:], listed[5]]))
    wrong = CliRunner().invoke(verify, ["--answer-key", str(key), "--epj", str(notes), "--json"])
    assert wrong.exit_code == 1
    told = json.loads(wrong.output)
    assert (told["missing"], told["doubled"]) == (1, 1)
    assert told["cases"] == len(listed)


async def test_verify_reads_a_fhir_servers_notes_page_by_page(key_and_notes: tuple[Path, Path]) -> None:
    key, notes = key_and_notes
    entries = [{"resource": note} for note in orjson.loads(notes.read_bytes())]

    async def answer(request: web.Request) -> web.Response:
        first = int(request.query.get("_offset", 0))
        more = [{"relation": "next", "url": f"Bundle?_offset={first + 50}"}] if first + 50 < len(entries) else []
        shown = {"resourceType": "Bundle", "type": "searchset", "link": more, "entry": entries[first : first + 50]}
        return web.json_response(shown)

    async with door(answer) as url:
        arguments = ["--answer-key", str(key), "--epj", f"{url}/fhir", "--json"]
        result = await asyncio.to_thread(CliRunner().invoke, verify, arguments)
    assert len(entries) > 50
    assert json.loads(result.output)["notes"] == len(entries)
    assert result.exit_code == 0


def test_verify_refuses_what_it_cannot_read(tmp_path: Path, key_and_notes: tuple[Path, Path]) -> None:
    key, _ = key_and_notes
    assert CliRunner().invoke(verify, ["--answer-key", str(tmp_path / "no"), "--epj", "x"]).exit_code == 2
    assert CliRunner().invoke(verify, ["--answer-key", str(key), "--epj", str(tmp_path / "no")]).exit_code == 2
