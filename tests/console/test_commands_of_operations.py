"""The command-line equals of operations' decisions and of the simulated EPJs' faults, against a running hub."""

import json

from tests.console.test_commands import knutepunkt

TESTVIK = "314159265"


async def test_traffic_is_held_and_released_from_the_command_line(hub):
    data = ("--data-dir", str(hub.folder / "data"))
    assert (await knutepunkt("operations", "hold", TESTVIK, *data))[0] == 0
    try:
        await knutepunkt("press", "fall", *data)
        status, said, _ = await knutepunkt("operations", "summary", *data)
        assert status == 0
        assert json.loads(said)["received"] > 0
    finally:
        assert (await knutepunkt("operations", "release", TESTVIK, *data))[0] == 0
    assert (await knutepunkt("operations", "hold", "999999999", *data))[0] == 1


async def test_what_does_not_wait_cannot_be_sent_again(hub):
    data = ("--data-dir", str(hub.folder / "data"))
    status, _, told = await knutepunkt("operations", "resend", "no-such-case", *data)
    assert status == 1
    assert "venter ikke" in told
    for what in ("waiting", "alerts", "devices"):
        status, said, _ = await knutepunkt("operations", what, *data)
        assert status == 0
        assert isinstance(json.loads(said), list)


async def test_faults_are_switched_on_and_off_and_notes_marked_from_the_command_line(hub):
    data = ("--data-dir", str(hub.folder / "data"))
    status, said, _ = await knutepunkt("epj", "fault", TESTVIK, "slow", "--count", "1", "--delay-s", "0.1", *data)
    assert (status, "slow" in said) == (0, True)
    assert (await knutepunkt("epj", "clear", TESTVIK, *data))[0] == 0
    assert (await knutepunkt("epj", "fault", TESTVIK, "flood", *data))[0] == 1
    assert (await knutepunkt("epj", "notes", "999999999", *data))[0] == 1
    status, said, _ = await knutepunkt("epj", "notes", TESTVIK, *data)
    assert status == 0
    if found := json.loads(said):
        assert (await knutepunkt("epj", "mark", TESTVIK, found[0]["key"], "read", *data))[0] == 0
        _, said, _ = await knutepunkt("epj", "notes", TESTVIK, *data)
        assert next(n for n in json.loads(said) if n["key"] == found[0]["key"])["state"] == "read"
