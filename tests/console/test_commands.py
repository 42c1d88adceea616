"""What is done in the console is done from the command line too."""

import asyncio
import json
import sys

from tests.console.visitor import Visitor


async def knutepunkt(*words):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub.cli", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_a_button_is_pressed_followed_and_told_from_the_command_line(hub):
    data = ("--data-dir", str(hub.folder / "data"))
    following = asyncio.create_task(knutepunkt("flow", *data, "--after", "0", "--what", "settled", "--limit", "1"))
    status, said, complaint = await knutepunkt("press", "fire", *data)
    assert (status, "Sendt til" in said, complaint) == (0, True, "")
    status, said, _ = await asyncio.wait_for(following, 30)
    assert status == 0
    assert "Levert" in said
    status, said, _ = await knutepunkt("flow", *data, "--after", "0", "--limit", "1", "--json")
    case = json.loads(said)["link"].removeprefix("/cases/")
    status, said, _ = await knutepunkt("case", case, *data)
    assert status == 0
    assert "Hendelsen skjedde" in said
    assert "Kilde:" in said


async def test_the_message_of_a_button_can_be_printed_and_passes_the_linter(tmp_path):
    for what in ("safety_alarm", "fall", "left_bed", "fire", "medication", "blood_pressure"):
        status, said, _ = await knutepunkt("press", what, "--print")
        assert status == 0
        file = tmp_path / f"{what}.json"
        file.write_text(said, encoding="utf-8")
        status, told, _ = await knutepunkt("lint", str(file), "--target", "jft")
        assert status == 0, told


async def test_an_unknown_button_is_refused():
    assert (await knutepunkt("press", "doorbell"))[0] == 2


async def test_the_access_log_is_verified_from_the_command_line(hub):
    async with Visitor.at(hub.http) as visitor:
        await visitor.sign_in("drift")
        await visitor.get(f"/cases/{await visitor.press()}")
    data = ("--data-dir", str(hub.folder / "data"))
    status, said, _ = await knutepunkt("access-log", "verify", *data)
    assert status == 0
    assert "Hele kjeden stemmer." in said
    status, _, told = await knutepunkt("access-log", "verify", *data, "--line", "1", "--seal", "not the seal")
    assert status == 1
    assert "Første linje som ikke stemmer: 1." in told
    assert "Dina Drift: case" in (await knutepunkt("access-log", "show", *data))[1]
