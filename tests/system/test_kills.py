"""SIGKILL at random moments, to the hub or to everything at once: nothing confirmed is lost, nothing is doubled."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.benchmarks.people import patients
from tests.messages import MUNICIPALITY, SENDER, alarm, follow_up, observation, raw
from tests.system.epj_server import EpjServer, epj_server
from tests.system.up import Up, identity_numbers_in, until, up
from tests.system.wire import Receipt, Wire, read, wire

pytestmark = pytest.mark.slow

CONFIGURATION = """
mode = "test"
[[municipality]]
organisation_number = "{town}"
name = "Testvik"
epj = {{ adapter = "fhir_rest", url = "{url}", timeout_s = 1.0 }}
[[sender]]
id = "{sender}"
municipality = "{town}"
[routing]
alert = "epj"
{more}
"""
TOPIC = f"vft/{MUNICIPALITY}/{SENDER}/dev/event"


@pytest.fixture
def epj() -> Iterator[EpjServer]:
    with epj_server() as found:
        yield found


def configured(folder: Path, epj: EpjServer, more: str = "") -> Path:
    file = folder / "config.toml"
    file.write_text(CONFIGURATION.format(town=MUNICIPALITY, sender=SENDER, url=epj.url, more=more))
    return file


def a_morning(many: int) -> list[bytes]:
    """Alarms, each with a follow-up, and measurements, of `many` cases each."""
    people = patients(many)
    at = [f"2026-11-23T06:{i // 60:02}:{i % 60:02}+01:00" for i in range(many)]
    said = [raw(alarm(f"a{i}", at=at[i], patient=p)) for i, p in enumerate(people)]
    said += [raw(follow_up(f"f{i}", of=f"a{i}", patient=p)) for i, p in enumerate(people)]
    said += [raw(observation(f"o{i}", patient=p)) for i, p in enumerate(people)]
    random.Random(11).shuffle(said)
    return said


def publish_until_confirmed(port: int, messages: Sequence[bytes], *, pause_s: float = 0.0) -> None:
    """Publish like a device that trusts the broker's confirmation."""
    with wire(port, f"device-{random.randrange(10**9)}") as it:
        for message in messages:
            it.publish(TOPIC, message).wait_for_publish(60)
            time.sleep(pause_s)


def check(hub: Up, epj: EpjServer, many: int) -> None:
    """Every case of the morning is in the EPJ once, whole, and metered once."""
    until(lambda: hub.settled(2 * many), within_s=90)
    assert sorted(epj.ledger.created.values()) == [1] * 2 * many
    for i in range(many):
        assert epj.ledger.holds(f'"a{i}"', f'"f{i}"'), i
        assert epj.ledger.holds(f'"o{i}"'), i
    found = hub.summary()
    assert found["usage_records"] == found["cases"] == 2 * many
    assert found["in_doubt"] == found["waits_for_person"] == 0


def test_the_hub_is_killed_again_and_again_at_random_moments(tmp_path: Path, epj: EpjServer) -> None:
    many, chance = 40, random.Random(5)
    with up(tmp_path / "data", "--config", configured(tmp_path, epj)) as hub:
        sending = threading.Thread(
            target=publish_until_confirmed, args=(hub.mqtt_port, a_morning(many)), kwargs={"pause_s": 0.02}
        )
        sending.start()
        faults = iter(["drop", None, "late", None, "down", None])
        kills = 0
        while sending.is_alive() or kills < 6:
            epj.ledger.fault, epj.ledger.delay_s = next(faults, None), 1.4
            time.sleep(chance.uniform(0.05, 0.9))
            hub.kill_hub()
            kills += 1
            until(lambda: hub.part("hub.app.process"))
        epj.ledger.fault = None
        sending.join()
        check(hub, epj, many)
        assert not identity_numbers_in(hub.logs())


def test_everything_is_killed_and_a_second_up_goes_on_where_the_first_was(tmp_path: Path, epj: EpjServer) -> None:
    many, chance = 25, random.Random(3)
    morning = a_morning(many)
    config = configured(tmp_path, epj)
    pieces = [morning[:30], morning[30:50], morning[50:]]
    for piece in pieces:
        with up(tmp_path / "data", "--config", config) as hub:
            publish_until_confirmed(hub.mqtt_port, piece)
            time.sleep(chance.uniform(0, 0.15))
            hub.kill_all()
    with up(tmp_path / "data", "--config", config) as hub:
        check(hub, epj, many)
        with wire(hub.mqtt_port, "asking", "vft/+/+/+/receipt") as it:
            assert it.say(morning[0], device="dev").code == "duplicate"


def test_what_the_broker_confirmed_while_the_hub_was_dead_is_taken_when_it_is_back(
    tmp_path: Path, epj: EpjServer
) -> None:
    with up(tmp_path / "data", "--config", configured(tmp_path, epj)) as hub:
        pid = hub.part("hub.app.process")
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        publish_until_confirmed(hub.mqtt_port, a_morning(5))
        hub.kill_all()
    with up(tmp_path / "data", "--config", configured(tmp_path, epj)) as hub:
        check(hub, epj, 5)


def test_a_late_registration_and_a_dropped_line_are_found_and_not_repeated(tmp_path: Path, epj: EpjServer) -> None:
    with up(tmp_path / "data", "--config", configured(tmp_path, epj)) as hub:
        for fault, name in (("late", "l"), ("drop", "d")):
            epj.ledger.fault, epj.ledger.delay_s = fault, 1.6
            publish_until_confirmed(hub.mqtt_port, [raw(observation(name))])
            until(lambda name=name: epj.ledger.holds(f'"{name}"'))
            epj.ledger.fault = None
        until(lambda: hub.settled(2))
        assert list(epj.ledger.created.values()) == [1, 1]
        assert hub.summary()["usage_records"] == 2


def test_a_retained_event_comes_again_at_every_start_and_is_taken_once(tmp_path: Path, epj: EpjServer) -> None:
    with (
        up(tmp_path / "data", "--config", configured(tmp_path, epj)) as hub,
        wire(hub.mqtt_port, "device", "vft/+/+/+/receipt") as it,
    ):
        assert it.say(observation("kept"), retain=True).code == "accepted"
        hub.kill_hub()
        again = _next_receipt(it)
        assert (again.code, "mqtt-retained-event" in again.rules) == ("duplicate", True)
        until(lambda: hub.settled(1))


def _next_receipt(it: Wire) -> Receipt:
    message = it.next()
    assert message is not None
    return read(message)


def test_sigterm_ends_everything_cleanly(tmp_path: Path, epj: EpjServer) -> None:
    with up(tmp_path / "data", "--config", configured(tmp_path, epj)) as hub:
        sending = threading.Thread(target=publish_until_confirmed, args=(hub.mqtt_port, a_morning(10)))
        sending.start()
        sending.join()
        assert hub.end() == 0
        until(lambda: not hub.members(), what="orphans")
        assert not (hub.directory / "endpoints.json").exists()
        assert "Traceback" not in hub.logs()
        hub.start()
        check(hub, epj, 10)


def test_sigterm_before_anything_is_ready_ends_it_as_well(tmp_path: Path, epj: EpjServer) -> None:
    """The broker that it is to use isn't there, so that it waits for it."""
    it = Up(tmp_path / "data", ("--config", configured(tmp_path, epj), "--broker", "mqtt://127.0.0.1:1"))
    it.begin()
    try:
        until(lambda: it.part("hub.app.process"))
        time.sleep(2.0)
        began = time.monotonic()
        it.end()
        assert time.monotonic() - began < 10
        until(lambda: not it.members(), what="orphans")
    finally:
        it.kill_all() if it.members() else None


def test_a_store_that_takes_nothing_stops_the_hub_and_no_message_is_lost(tmp_path: Path, epj: EpjServer) -> None:
    """It is locked for longer than the hub waits: nothing is acknowledged, and the broker gives everything again."""
    with up(tmp_path / "data", "--config", configured(tmp_path, epj)) as hub:
        intruder = sqlite3.connect(hub.directory / "knutepunkt.sqlite", isolation_level=None, timeout=30)
        intruder.execute("BEGIN IMMEDIATE")
        publish_until_confirmed(hub.mqtt_port, a_morning(3))
        first = hub.part("hub.app.process")
        until(lambda: hub.part("hub.app.process") not in {first, None}, within_s=40)
        intruder.execute("ROLLBACK")
        intruder.close()
        check(hub, epj, 3)
        assert "the store failed" in hub.logs()


def test_when_the_supervisor_alone_is_killed_nothing_outlives_it(tmp_path: Path, epj: EpjServer) -> None:
    with up(tmp_path / "data", "--config", configured(tmp_path, epj)) as hub:
        assert hub.process is not None
        assert len(hub.members()) >= 3
        hub.process.kill()
        hub.process.wait()
        until(lambda: not hub.members(), what="something outlived its supervisor")
        hub.start()
        publish_until_confirmed(hub.mqtt_port, a_morning(2))
        check(hub, epj, 2)
