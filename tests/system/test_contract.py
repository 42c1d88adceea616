"""The contract on MQTT, held by real processes: a raw client, the hub with its broker, and an EPJ of our own."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ingest.test_admission import BAD
from tests.messages import GRY, LINE, MUNICIPALITY, SENDER, alarm, document, follow_up, observation, raw
from tests.messages import composition as note
from tests.system.epj_server import EpjServer, epj_server
from tests.system.up import SOON_S, Up, identity_numbers_in, until, up
from tests.system.wire import Wire, wire

pytestmark = pytest.mark.slow

CENTRAL = "974760673"
DOOR = "Prove_Alarm_Provestad"
CENTRE = "Svar_Nor_Provestad"
RECEIPTS = "vft/+/+/+/receipt"

CONFIGURATION = """
mode = "test"

[[municipality]]
organisation_number = "{town}"
name = "Testvik"
epj = {{ adapter = "fhir_rest", url = "{url}" }}

[[municipality]]
organisation_number = "{central}"
name = "Prøvestad"
epj = {{ adapter = "fhir_rest", url = "{other}" }}
routing = {{ alert = "response_centre", acknowledge_within_minutes = 0.05 }}

[[sender]]
id = "{sender}"
municipality = "{town}"
service_codes = ["ta", "md", "dt", "gps", "dho"]

[[sender]]
id = "{door}"
municipality = "{central}"
service_codes = ["ta"]

[[sender]]
id = "{centre}"
municipality = "{central}"
service_codes = ["rt"]

[routing]
alert = "epj"
"""


@dataclass(frozen=True, slots=True)
class Town:
    """A hub for two municipalities, each with an EPJ of ours."""

    hub: Up
    epj: EpjServer
    central: EpjServer


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    with epj_server() as epj, epj_server() as central:
        file = folder / "config.toml"
        file.write_text(
            CONFIGURATION.format(
                town=MUNICIPALITY,
                url=epj.url,
                central=CENTRAL,
                other=central.url,
                sender=SENDER,
                door=DOOR,
                centre=CENTRE,
            )
        )
        with up(folder / "data", "--config", file) as hub:
            yield Town(hub, epj, central)
            assert not identity_numbers_in(hub.logs())


@pytest.fixture
def device(town: Town, request: pytest.FixtureRequest) -> Iterator[Wire]:
    with wire(town.hub.mqtt_port, "device", RECEIPTS) as found:
        yield found


def test_endpoints_json_says_where_everything_is(town: Town) -> None:
    found = json.loads((town.hub.directory / "endpoints.json").read_text())
    assert found["http"].startswith("http://127.0.0.1:")
    assert found["mqtt"].startswith("mqtt://127.0.0.1:")
    assert found["epj"] == {MUNICIPALITY: town.epj.url, CENTRAL: town.central.url}
    assert town.hub.get("/health") == {"ready": True}


def test_a_second_up_on_the_same_directory_is_refused_and_disturbs_nothing(town: Town) -> None:
    before = (town.hub.directory / "endpoints.json").read_bytes()
    second = Up(town.hub.directory, town.hub.arguments)
    second.begin()
    assert second.process is not None
    assert second.process.wait(timeout=SOON_S) == 2
    assert "brukes alt" in second.output()
    assert (town.hub.directory / "endpoints.json").read_bytes() == before
    assert town.hub.get("/health") == {"ready": True}


def test_what_holds_people_or_secrets_is_readable_by_its_owner_only(town: Town) -> None:
    for name in ("knutepunkt.sqlite", "pseudonym.key", "orders.json", "broker/broker.conf"):
        assert (town.hub.directory / name).stat().st_mode & 0o077 == 0, name


def test_all_processes_are_in_one_group(town: Town) -> None:
    assert town.hub.part("hub.app.process")
    assert town.hub.part("nats-server")


def test_each_receipt_has_its_code_and_names_the_message_by_identifier_and_hash(town: Town, device: Wire) -> None:
    def said(value: float, minute: int | None) -> dict[str, object]:
        meta = {"meta": {"lastUpdated": f"2026-11-23T09:{minute:02}:00+01:00"}} if minute is not None else {}
        return observation("r-1", value=value, **meta)

    messages = [said(70, 1), said(70, 1), said(71, 2), said(72, 2), said(73, None), b"{"]
    receipts = [device.say(m) for m in messages]
    assert [r.code for r in receipts] == ["accepted", "duplicate", "amended", "conflict", "conflict", "rejected"]
    for message, receipt in zip(messages, receipts, strict=True):
        payload = message if isinstance(message, bytes) else raw(message)
        assert receipt.sha256 == hashlib.sha256(payload).hexdigest()
        assert receipt.identifier == ("r-1" if payload != b"{" else None)
        assert receipt.message.topic == f"vft/{MUNICIPALITY}/{SENDER}/dev-1/receipt"
    until(lambda: town.epj.ledger.holds("r-1"))
    assert sum("r-1" in json.dumps(n) for n in town.epj.ledger.notes.values()) == 1


def test_the_note_has_the_senders_resource_whole_and_the_handling_in_norwegian_time(town: Town, device: Wire) -> None:
    device.say(alarm("w-1", at="2026-11-23T10:00:00Z"))
    device.say(follow_up("w-2", of="w-1"))
    until(lambda: town.epj.ledger.holds("w-1", "w-2"))
    (found,) = [n for n in town.epj.ledger.notes.values() if "w-1" in json.dumps(n)]
    resources = [e["resource"] for e in found["entry"]]
    assert alarm("w-1", at="2026-11-23T10:00:00Z") in resources
    assert resources[0]["resourceType"] == "Composition"
    assert "11:00" in json.dumps(resources[0])
    assert found["identifier"]["system"] == "urn:knutepunkt:journal-note"


@pytest.mark.parametrize(("how", "rule"), [({"retain": True}, "mqtt-retained-event"), ({"qos": 0}, "mqtt-qos-0")])
def test_a_retained_or_qos_0_event_is_taken_and_remarked_on(
    town: Town, device: Wire, how: dict[str, int], rule: str
) -> None:
    # A subscriber that is there already sees no retain flag; the hub is one, unless it is told when it subscribes.
    message = observation(f"odd-{rule}")
    receipt = device.say(message, device="odd", **how)
    assert receipt.code == "accepted"
    if rule == "mqtt-qos-0":
        assert rule in receipt.rules
    device.publish(f"vft/{MUNICIPALITY}/{SENDER}/odd/event", b"", retain=True, qos=0)


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_a_clear_answer_and_is_kept_whole(town: Town, device: Wire, name: str) -> None:
    message, rule = BAD[name]
    payload = message if isinstance(message, bytes) else raw(message)
    receipt = device.say(payload, device="bad")
    assert receipt.code == "rejected"
    assert rule in receipt.rules or not rule
    assert receipt.paths
    errors = [i for i in receipt.outcome["issue"][1:] if i["severity"] == "error"]
    assert all(i["details"]["text"] for i in errors)
    kept = {row["sha256"]: row for row in _quarantine(town.hub)}
    assert kept[receipt.sha256]["state"] == "open"


def _quarantine(hub: Up) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    while page := hub.get(f"/operations/quarantine?after={rows[-1]['id'] if rows else 0}"):
        rows += page
    return rows


def test_an_unknown_municipality_and_a_sender_that_may_not_are_told_so(town: Town, device: Wire) -> None:
    assert device.say(alarm("u-1"), municipality="999999999").rules[-1:] == ("municipality-unknown",)
    assert "sender-not-allowed" in device.say(alarm("u-2"), sender="Nobody_At_All").rules
    assert "sender-not-allowed" in device.say(alarm("u-3"), municipality=CENTRAL).rules
    assert "service-not-allowed" in device.say(observation("u-4"), municipality=CENTRAL, sender=DOOR).rules


def test_the_quarantine_is_worked_off_from_the_command_line(town: Town, device: Wire, tmp_path: Path) -> None:
    broken = observation("q-1", status="finished")
    receipt = device.say(broken)
    listed = json.loads(town.hub.cli("quarantine", "list", "--json"))
    (row,) = [r for r in listed if r["sha256"] == receipt.sha256]
    number = str(row["id"])
    assert receipt.sha256 in town.hub.cli("quarantine", "show", number, "--json")
    assert town.hub.cli("quarantine", "show", number, "--content").encode() == raw(broken)
    town.hub.cli("quarantine", "resubmit", number, ends_with=1)
    corrected = tmp_path / "corrected.json"
    corrected.write_bytes(raw(broken | {"status": "final"}))
    done = town.hub.cli("quarantine", "resubmit", number, "--corrected", corrected, "--json")
    assert json.loads(done)["code"] == "accepted"
    until(lambda: town.epj.ledger.holds("q-1"))
    town.hub.cli("quarantine", "resubmit", number, ends_with=1)
    assert row["id"] not in {r["id"] for r in _quarantine(town.hub)}
    (line,) = [at for at in town.hub.cli("quarantine", "list", "--state", "all").splitlines() if f" {number}  " in at]
    assert line.endswith("sendt inn på nytt")


def test_a_conflict_is_settled_from_the_command_line(town: Town, device: Wire) -> None:
    device.say(observation("k-1", value=60))
    receipt = device.say(observation("k-1", value=61))
    assert receipt.code == "conflict"
    (row,) = [r for r in _quarantine(town.hub) if r["sha256"] == receipt.sha256]
    assert row["kind"] == "conflict"
    done = town.hub.cli("quarantine", "accept", str(row["id"]), "--json")
    assert json.loads(done)["code"] == "amended"
    until(lambda: any("k-1" in json.dumps(n) and "61" in json.dumps(n) for n in town.epj.ledger.notes.values()))


def test_a_last_will_and_silence_are_told_to_operations_and_to_no_journal(town: Town) -> None:
    topic = f"vft/{MUNICIPALITY}/{SENDER}"
    with wire(town.hub.mqtt_port, "quiet") as quiet:
        status = {"state": "online", "battery": 80, "at": _now(), "next_within_s": 0.5}
        quiet.publish(f"{topic}/quiet/status", json.dumps(status).encode(), retain=True)
        quiet.publish(f"{topic}/tacit/status", json.dumps(status | {"next_within_s": None}).encode(), retain=True)
        until(lambda: "silent" in _alerts(town.hub, "quiet"))
        assert not _alerts(town.hub, "tacit")
        quiet.publish(f"{topic}/quiet/status", json.dumps(status | {"next_within_s": 600}).encode(), retain=True)
        until(lambda: not _alerts(town.hub, "quiet"))
    _die_with_a_will(town.hub.mqtt_port, f"{topic}/dying/status")
    until(lambda: _alerts(town.hub, "dying") == ["lost"])
    devices = {d["device"]: d for d in town.hub.get("/operations/devices")}
    assert devices["dying"]["state"] == "offline"
    assert devices["quiet"]["battery"] == 80


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _alerts(hub: Up, device: str) -> list[str]:
    return [a["kind"] for a in hub.get("/operations/alerts") if a["subject"].endswith(f"/{device}")]


def _die_with_a_will(port: int, topic: str) -> None:
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion

    client = Client(CallbackAPIVersion.VERSION2, "dying")
    client.will_set(topic, json.dumps({"state": "offline", "at": "2026-01-01T00:00:00Z"}), qos=1, retain=True)
    client.connect("127.0.0.1", port)
    client.loop_start()
    until(client.is_connected)
    client.loop_stop()
    sock = client.socket()
    assert sock is not None
    sock.close()


def test_an_alert_goes_to_the_centre_and_is_journaled_when_it_has_been_followed_up(town: Town, device: Wire) -> None:
    with wire(town.hub.mqtt_port, "centre", f"vft/{CENTRAL}/response-centre/alert") as centre:
        pressed = alarm("c-1", at="2026-11-23T10:20:00+01:00")
        assert device.say(pressed, municipality=CENTRAL, sender=DOOR).code == "accepted"
        alert = centre.next()
        assert alert is not None
        assert bytes(alert.payload) == raw(pressed)
        assert not town.central.ledger.holds("c-1")
        centre.publish(f"vft/{CENTRAL}/response-centre/receipt", _confirmation(bytes(alert.payload)))
        until(lambda: town.hub.summary().get("alerts_confirmed"))
        handled = follow_up("c-2", of="c-1")
        assert device.say(handled, municipality=CENTRAL, sender=CENTRE).code == "accepted"
        until(lambda: town.central.ledger.holds("c-1", "c-2"))
        again = centre.next(within_s=0.5)
        assert again is None or bytes(again.payload) == raw(pressed)


def _confirmation(payload: bytes) -> bytes:
    coding = [{"system": "urn:knutepunkt:receipt", "code": "accepted"}]
    sha256 = {"url": "urn:knutepunkt:message-sha256", "valueString": hashlib.sha256(payload).hexdigest()}
    issue = {"severity": "information", "code": "informational", "details": {"coding": coding}, "extension": [sha256]}
    return json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()


def test_an_alert_that_nobody_answers_is_journaled_as_not_acknowledged_and_amended_later(
    town: Town, device: Wire
) -> None:
    pressed = alarm("n-1", at="2026-11-23T10:30:00+01:00", patient=GRY)
    device.say(pressed, municipality=CENTRAL, sender=DOOR)
    assert not town.central.ledger.holds("n-1")
    until(lambda: town.central.ledger.holds("n-1"))
    (text,) = [t for t in town.central.ledger.texts() if "ikke kvittert" in t.lower()]
    assert "not_acknowledged" in [a["kind"] for a in town.hub.get("/operations/alerts")]
    device.say(follow_up("n-2", of="n-1", patient=GRY), municipality=CENTRAL, sender=CENTRE)
    until(lambda: town.central.ledger.holds("n-1", "n-2"))
    (text,) = [t for t in town.central.ledger.texts() if "ikke kvittert" in t.lower()]
    assert "fulgt opp" in text.lower()


def test_the_same_messages_through_several_connections_at_once_are_registered_once(town: Town) -> None:
    messages = [raw(observation(f"m-{i}", patient=(LINE, GRY)[i % 2])) for i in range(25)]
    messages += [raw(alarm(f"m-a{i}", at=f"2026-11-23T06:00:{i:02}+01:00")) for i in range(10)]
    messages += [raw(follow_up(f"m-f{i}", of=f"m-a{i}")) for i in range(10)]
    before = town.hub.summary()

    def send(n: int) -> None:
        with wire(town.hub.mqtt_port, f"storm-{n}") as one:
            sent = [one.publish(f"vft/{MUNICIPALITY}/{SENDER}/storm/event", m) for m in messages[n:] + messages[:n]]
            for message in sent:
                message.wait_for_publish(SOON_S)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, (0, 9, 23, 40)))
    cases = before["cases"] + 35

    def is_done() -> bool:
        now = town.hub.summary()
        return now["duplicates"] - before["duplicates"] == 3 * len(messages) and now["pending"] == 0

    until(is_done)
    now = town.hub.summary()
    assert (now["cases"], now["accepted"] - before["accepted"]) == (cases, len(messages))
    assert set(town.epj.ledger.created.values()) == {1}
    assert now["usage_records"] == now["delivered"]


def test_traffic_is_held_and_released_by_operations_also_across_a_restart(town: Town, device: Wire) -> None:
    hold = f"/operations/holds/{MUNICIPALITY}/epj"
    assert town.hub.post(hold, "PUT") == 204
    device.say(observation("h-1"))
    town.hub.kill_hub()
    until(lambda: town.hub.summary().get("pending") == 1)
    time.sleep(0.5)
    assert not town.epj.ledger.holds('"h-1"')
    assert town.hub.post(hold, "DELETE") == 204
    until(lambda: town.epj.ledger.holds('"h-1"'))


def test_what_the_epj_refuses_waits_for_a_person_who_sends_it_again(town: Town, device: Wire) -> None:
    town.epj.ledger.fault = "refuse"
    device.say(observation("p-1"))
    (waiting,) = until(lambda: town.hub.get("/operations/waiting"))
    assert waiting["reason"] == "refused"
    town.epj.ledger.fault = None
    device.say(observation("p-2", patient=GRY))
    until(lambda: town.epj.ledger.holds('"p-2"'))
    assert town.hub.post(f"/operations/waiting/{waiting['case_id']}/epj/resend") == 202
    until(lambda: town.epj.ledger.holds('"p-1"'))
    assert town.hub.get("/operations/waiting") == []


def test_an_epj_that_is_down_gets_everything_once_when_it_is_back(town: Town, device: Wire) -> None:
    town.epj.ledger.fault = "down"
    for n in range(5):
        device.say(observation(f"down-{n}"))
    assert not town.epj.ledger.holds('"down-0"')
    town.epj.ledger.fault = None
    until(lambda: town.epj.ledger.holds('"down-4"'))
    assert set(town.epj.ledger.created.values()) == {1}


def test_no_identity_number_lies_where_none_belongs(town: Town) -> None:
    """The ledger of use, the flow, operations' list and the deliveries' stories name nobody."""
    with closing(sqlite3.connect(f"file:{town.hub.directory}/knutepunkt.sqlite?mode=ro", uri=True)) as store:
        for table in ("usage", "flow", "operations_alerts", "delivery_events", "counters"):
            rows = store.execute(f"SELECT * FROM {table}").fetchall()
            assert rows or table == "delivery_events"
            assert not identity_numbers_in(repr(rows)), table
        used = store.execute("SELECT municipality, sender, service_code, size, pseudonym FROM usage").fetchall()
    assert {row[0] for row in used} == {MUNICIPALITY, CENTRAL}
    assert all(row[3] > 0 and row[4] for row in used)
    plain = {hashlib.sha256(p.encode()).hexdigest() for p in (LINE, GRY)}
    assert not {row[4] for row in used} & plain


def test_the_counts_add_up(town: Town) -> None:
    found = town.hub.summary()
    parts = ("accepted", "duplicates", "amended", "conflicts", "rejected")
    assert found["received"] == sum(found[name] for name in parts)
    assert {"quarantined", "pending", "delivered", "in_doubt", "cases"} <= found.keys()


def test_a_document_with_everything_in_it_is_one_note(town: Town, device: Wire) -> None:
    whole = document("d-1", note(), alarm("d-a"), {"resourceType": "Device", "identifier": [{"value": "17"}]})
    assert device.say(whole).code == "accepted"
    until(lambda: town.epj.ledger.holds("d-1", "d-a"))
