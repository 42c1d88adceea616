"""The driving interface over HTTP, served by a process of its own."""

from __future__ import annotations

import asyncio
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from connectors import Closed, Corrected, DispenseGiven, patient
from connectors.alarm_webhook import AlarmWebhookConnector
from connectors.mqtt import MqttConnection
from connectors.receipt import sha256_of
from connectors.testing.driven import found
from connectors.testing.driven_alerts import ShownAlerts
from connectors.testing.driven_card import card_of
from connectors.testing.driving import ProductCard, Surroundings
from connectors.testing.running_hub import RunningHub
from connectors.testing.spoken import WORDS, spoken
from tests.connectors.answering import answering
from tests.connectors.brokers import Broker
from tests.connectors.driven_products import ALARM, AT, WHO, InMemory
from tests.connectors.driving import ENVIRONMENT, HERE, ORG, SENDER, Driven, serving
from tests.connectors.people import ANNA

CONTENT = "Hadde falt på kjøkkenet"
PRODUCTS = ("driven_products:InMemory", "driven_products:Breaking", "driven_products:Plain")
DOSE = DispenseGiven(patient=patient(ANNA), device="MD-1", number="1", at=AT)
CLOSED = Closed(alert=ALARM, at=AT + timedelta(minutes=9), by="op-1", note=CONTENT)


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    with serving(tmp_path_factory.mktemp("driven"), PRODUCTS) as running:
        yield running
        said = running.log
    for content in (WHO, ANNA, CONTENT):
        assert content not in said
    assert "a product that prints where it should not" in said


class TestTheCard:
    async def test_says_what_the_class_says(self, driven: Driven) -> None:
        status, said = await driven.ask("GET", "")
        card = ProductCard.model_validate(said)
        assert (status, card.product, card.service_codes, card.sessions) == (200, "InMemory", ("ta",), 16)
        assert (card.ways, card.roles) == (("mqtt", "vkp", "jft"), ("connector", "response-centre", "api-client"))
        assert card.words == ("SafetyAlarmRaised", "DispenseGiven")
        assert [(e.events, e.people) for e in card.examples] == [(1, (WHO,)), (0, ())]

    async def test_can_be_had_for_each_product_behind_the_address(self, driven: Driven) -> None:
        assert (await driven.ask("GET", "?product=Breaking"))[1]["product"] == "Breaking"
        assert (await driven.ask("GET", "?product=Another"))[0] == 422

    def test_has_every_word_where_the_class_says_none_and_the_packages_version(self) -> None:
        card = card_of(AlarmWebhookConnector)
        assert card.words == tuple(WORDS)
        assert {example.people for example in card.examples if example.events} == {("01829400193",)}
        packaged = type("Packaged", (InMemory,), {"__module__": "aiohttp.somewhere"})
        assert card_of(packaged).version == aiohttp.__version__


class TestASession:
    async def test_tells_events_and_says_what_became_of_them(self, driven: Driven) -> None:
        async with driven.session("tells") as session:
            assert "one of the product's own lines" in driven.log
            assert await driven.tell(session, ALARM, DOSE, CLOSED) == [1, 2, 3]
            assert await driven.tell(session, DOSE) == [2]
            await driven.until(session, "events", ["taken"] * 3, each="fate")
            _, said = await driven.ask("GET", f"sessions/{session}/events")
            assert said[0] == {"number": 1, "fate": "taken", "attempts": 1, "receipt": "accepted", "text": ""}

    async def test_takes_in_the_products_examples_and_messages(self, driven: Driven) -> None:
        async with driven.session("messages") as session:
            assert await driven.ask("POST", f"sessions/{session}/examples/0") == (202, {"numbers": [1]})
            assert await driven.ask("POST", f"sessions/{session}/examples/1") == (202, {"numbers": []})
            assert (await driven.ask("POST", f"sessions/{session}/examples/2"))[0] == 404
            assert await driven.ask("POST", f"sessions/{session}/messages", {"number": "18"}) == (202, {"numbers": [2]})
            assert await driven.ask("POST", f"sessions/{session}/messages", b"x") == (
                422,
                {"error": "the message is no JSON"},
            )
            assert await driven.ask("POST", f"sessions/{session}/messages", {"crash": CONTENT}) == (
                500,
                {"error": "KeyError"},
            )
            assert await driven.fates(session) == ["taken"] * 2

    @pytest.mark.parametrize(
        "body",
        [
            b"{",
            b"[" * 100_000,
            [],
            {"events": {}},
            {"events": [spoken(DOSE), {"word": CONTENT}]},
            {"events": [{**spoken(DOSE), "at": "2025-03-03T08:30:15"}]},
            {"events": [{**spoken(DOSE), "patient": {"system": "urn:x", "value": "\ud800"}}]},
            {"events": [{**spoken(DOSE), "word": "SupervisionDone", "until": "2020-01-01T00:00:00Z"}]},
        ],
        ids=lambda body: str(body)[:20],
    )
    async def test_takes_none_of_the_events_when_one_is_none(self, driven: Driven, body: object) -> None:
        async with driven.session("refuses") as session:
            before = await driven.fates(session)
            status, said = await driven.ask("POST", f"sessions/{session}/events", body)
            assert (status, list(said)) == (422, ["error"])
            assert CONTENT not in said["error"]
            assert await driven.fates(session) == before == []

    async def test_remembers_after_it_was_closed_until_it_is_to_forget(self, driven: Driven) -> None:
        for _ in range(2):
            async with driven.session("memory") as session:
                assert await driven.tell(session, DOSE) == [1]
                await driven.until(session, "events", ["taken"], each="fate")
        folder = driven.folder / "sessions" / "memory"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert (await driven.ask("DELETE", "sessions/memory"))[0] == 404
        assert await driven.ask("DELETE", "sessions/memory?forget") == (204, None)
        assert not folder.exists()
        assert (await driven.ask("DELETE", "sessions/memory?forget"))[0] == 404
        assert (await driven.ask("DELETE", "sessions/memory"))[0] == 404
        async with driven.session("memory") as session:
            assert await driven.fates(session) == []
            assert await driven.ask("DELETE", f"sessions/{session}?forget") == (204, None)
            assert not folder.exists()
            await driven.ask("PUT", f"sessions/{session}", {"municipality": ORG, "sender": SENDER, "mqtt": "mqtt://x"})

    async def test_is_nobody_elses_and_no_other_products(self, driven: Driven) -> None:
        async with driven.session("a") as a, driven.session("b", product="Breaking") as b:
            await driven.tell(a, DOSE)
            assert await driven.fates(b) == []
            assert (await driven.ask("GET", "sessions/c/events"))[0] == 404
            assert (await driven.ask("GET", "sessions/%2E%2E/events"))[0] == 404

    async def test_that_failed_says_so_without_content_until_it_is_opened_anew(self, driven: Driven) -> None:
        async with driven.session("fails") as session:
            where = Surroundings(municipality=ORG, sender=SENDER, mqtt="mqtt://x", product="Breaking")
            assert await driven.ask("DELETE", f"sessions/{session}") == (204, None)
            assert await driven.ask("PUT", f"sessions/{session}", where.model_dump_json().encode()) == (201, None)
            await driven.tell(session, CLOSED)
            failed = {"error": "RuntimeError"}
            await driven.until(session, "events", failed, each="fate")
            for method, path in (("POST", "examples/0"), ("GET", "events"), ("POST", "messages")):
                assert await driven.ask(method, f"sessions/{session}/{path}", b"{}") == (500, failed)
            assert await driven.ask("DELETE", f"sessions/{session}?forget") == (500, failed)
            assert not (driven.folder / "sessions" / session).exists()
            assert await driven.ask("PUT", f"sessions/{session}", where.model_dump_json().encode()) == (201, None)

    async def test_is_one_of_sixteen_and_opened_once(self, driven: Driven) -> None:
        body = Surroundings(municipality=ORG, sender=SENDER, mqtt="mqtt://127.0.0.1:1").model_dump_json().encode()
        names = [f"sessions/of-{n}" for n in range(17)]
        answers = await asyncio.gather(*(driven.ask("PUT", name, body) for name in names))
        assert sorted(status for status, _ in answers) == [201] * 16 + [503]
        last = next(name for name, (status, _) in zip(names, answers, strict=True) if status == 503)
        opened = [name for name in names if name != last]
        assert (await driven.ask("PUT", opened[0], body))[0] in (409, 503)
        assert {s for s, _ in await asyncio.gather(*(driven.ask("DELETE", n) for n in opened))} == {204}
        assert (await driven.ask("PUT", last, body))[0] == 201
        assert (await driven.ask("PUT", last, body))[0] == 409
        assert (await driven.ask("DELETE", last))[0] == 204

    @pytest.mark.parametrize(
        ("surroundings", "named"),
        [
            ({}, "municipality: missing"),
            ({"way": "vkp"}, "vkp: lacks an address"),
            ({"mqtt": None}, "mqtt: lacks an address"),
            ({"mqtt": "http://x"}, "value_error"),
            ({"sender": "a b"}, "sender"),
            ({"role": "api-client"}, "lacks an address"),
            ({"role": "api-client", "pit": CONTENT}, "pit: string_pattern_mismatch"),
            ({"product": CONTENT}, "product"),
            ({"product": "Plain", "mqtt": "mqtts://x", "tls": {"ca": CONTENT}}, "way to the hub"),
            (
                {
                    "product": "Plain",
                    "way": "jft",
                    "jft": "http://127.0.0.1:1",
                    "helseid": {
                        "issuer": "http://127.0.0.1:1",
                        "client_id": "c",
                        "scopes": ["s"],
                        "private_jwk": {"kty": CONTENT},
                    },
                },
                "way to the hub",
            ),
        ],
    )
    async def test_is_not_opened_in_surroundings_that_can_not_be_used(
        self, driven: Driven, surroundings: dict[str, Any], named: str
    ) -> None:
        usual = {"municipality": ORG, "sender": SENDER, "mqtt": "mqtt://127.0.0.1:1"} if surroundings else {}
        status, said = await driven.ask("PUT", "sessions/unusable", {**usual, **surroundings})
        assert (status, list(said)) == (422, ["error"])
        assert named in said["error"]
        assert CONTENT not in said["error"]
        assert (await driven.ask("GET", "sessions/unusable/events"))[0] == 404

    async def test_has_neither_alerts_nor_calls_as_a_connector(self, driven: Driven) -> None:
        async with driven.session("connector") as session:
            assert (await driven.ask("GET", f"sessions/{session}/alerts"))[0] == 422
            assert (await driven.ask("POST", f"sessions/{session}/calls", {"call": "vkp.search"}))[0] == 422

    async def test_asks_as_an_api_client_and_does_nothing_else(self, driven: Driven) -> None:
        call = {"call": "jft.acknowledge", "parameters": {"id": "6e1a4a6e"}}
        async with driven.session("client", role="api-client", jft="http://127.0.0.1:1") as session:
            calls = f"sessions/{session}/calls"
            status, said = await driven.ask("POST", calls, call | {"parameters": {"id": "../" + CONTENT}})
            assert (status, said) == (200, {"resources": [], "error": "ValueError"})
            status, said = await driven.ask("POST", calls, call | {"call": "pit.read", "parameters": {}})
            assert (status, said["error"]) == (200, "ValueError")
            for wrong in ({"call": CONTENT}, call | {"parameters": {CONTENT: 1}}, call | {"parameters": {"id": {}}}):
                status, said = await driven.ask("POST", calls, wrong)
                assert (status, list(said)) == (422, ["error"])
                assert CONTENT not in said["error"]
            assert (await driven.ask("POST", f"sessions/{session}/events", {"events": []}))[0] == 422
            assert (await driven.ask("GET", f"sessions/{session}/events"))[0] == 422


class TestOverMqtt:
    async def test_events_and_device_words_go_out_as_the_surroundings_say(self, driven: Driven, nats: Broker) -> None:
        async with (
            answering(nats.url) as hub,
            MqttConnection(nats.url, client_id="listens") as listening,
            listening.subscribe(f"vft/{ORG}/{SENDER}/+/status") as states,
            driven.session("mqtt", product="Plain", mqtt=nats.url) as session,
        ):
            word = {"device": "TA-1", "state": "ok", "battery": 80, "next_within_s": 60}
            assert await driven.ask("POST", f"sessions/{session}/device", word) == (204, None)
            told = orjson.loads((await asyncio.wait_for(anext(states), 10)).payload)
            assert {name: told[name] for name in word if name != "device"} == {
                name: word[name] for name in word if name != "device"
            }
            await driven.tell(session, DOSE, Corrected(event=DOSE, at=AT + timedelta(hours=1)))
            await driven.until(session, "events", ["taken"] * 2, each="fate")
            assert {m.topic for m in hub.seen} == {f"vft/{ORG}/{SENDER}/MD-1/event"}
            assert (await driven.ask("POST", f"sessions/{session}/device", {"device": "x"}))[0] == 422

    async def test_what_waits_goes_out_when_the_session_is_opened_again(self, driven: Driven, nats: Broker) -> None:
        async with driven.session("waits", product="Plain", timeout_s=0.1) as session:
            await driven.tell(session, DOSE)
            assert await driven.fates(session) == ["waiting"]
            status, said = await driven.ask("POST", f"sessions/{session}/device", {"device": "x", "state": "ok"})
            assert (status, said["error"]) == (500, "Unreachable: no connection to the broker")
        async with answering(nats.url), driven.session("waits", product="Plain", mqtt=nats.url):
            await driven.until(session, "events", ["taken"], each="fate")

    async def test_a_response_centre_shows_alerts_once_and_confirms_them(self, driven: Driven, nats: Broker) -> None:
        where = {"product": "Plain", "role": "response-centre", "mqtt": nats.url, "sender": "Vakt"}
        alerts = [b'{"resourceType":"DetectedIssue"}', b'{"id":"left-alone"}', b"{}"]
        shown = [sha256_of(alert) for alert in alerts]
        async with (
            answering(nats.url) as events,
            MqttConnection(nats.url, client_id="alerting") as hub,
            hub.subscribe(f"vft/{ORG}/response-centre/receipt") as confirmations,
        ):
            async with driven.session("centre", **where) as session:
                await hub.publish(f"vft/{ORG}/response-centre/alert", alerts[1])
                for _ in range(2):
                    await hub.publish(f"vft/{ORG}/response-centre/alert", alerts[0])
                    assert shown[0] in (await asyncio.wait_for(anext(confirmations), 10)).payload.decode()
                await driven.until(session, "alerts", [False, True], each="is_confirmed")
                _, said = await driven.ask("GET", f"sessions/{session}/alerts")
                assert said[1] == {"sha256": shown[0], "resource": orjson.loads(alerts[0]), "is_confirmed": True}
                await driven.tell(session, CLOSED)
                await driven.until(session, "events", ["taken"], each="fate")
                assert [m.topic.split("/")[2] for m in events.seen] == ["Vakt"]
            await hub.publish(f"vft/{ORG}/response-centre/alert", alerts[2])
            async with driven.session("centre", **where) as session:
                # what came while it was away, and once more what nobody attended to
                wanted = [shown[1], shown[0], shown[1], shown[2]]
                await driven.until(session, "alerts", wanted, each="sha256")

    async def test_a_response_centre_whose_product_fails_has_failed(self, driven: Driven, nats: Broker) -> None:
        where = {"product": "Plain", "role": "response-centre", "mqtt": nats.url}
        async with MqttConnection(nats.url, client_id="alerting") as hub, driven.session("gone", **where) as session:
            await hub.publish(f"vft/{ORG}/response-centre/alert", CONTENT.encode())
            await driven.until(session, "alerts", {"error": "JSONDecodeError"}, each="sha256")
            assert await driven.ask("DELETE", f"sessions/{session}?forget") == (500, {"error": "JSONDecodeError"})
            body = Surroundings(municipality=ORG, sender=SENDER, mqtt=nats.url).model_dump_json().encode()
            assert await driven.ask("PUT", f"sessions/{session}", body) == (201, None)

    async def test_a_response_centre_without_its_broker_is_not_opened(self, driven: Driven) -> None:
        body = {
            "municipality": ORG,
            "sender": "s",
            "role": "response-centre",
            "mqtt": "mqtt://127.0.0.1:1",
            "timeout_s": 0.1,
        }
        status, said = await driven.ask("PUT", "sessions/alone", body)
        assert (status, said["error"]) == (500, "Unreachable: the broker does not answer")


@pytest.mark.slow  # a whole hub is started
@pytest.mark.parametrize("way", ["mqtt", "vkp", "jft"])
async def test_the_same_events_go_every_way_to_a_whole_hub(driven: Driven, hub: RunningHub, way: str) -> None:
    client = hub.sign_in_client()
    where = {
        "product": "Plain",
        "way": way,
        "mqtt": hub.mqtt,
        "vkp": hub.http,
        "jft": hub.endpoints["jft_write"],
        "timeout_s": 10,
        "helseid": {
            "issuer": client.issuer,
            "client_id": client.client_id,
            "scopes": client.scopes,
            "private_jwk": client.key.as_dict(private=True),
        },
    }
    async with driven.session(f"hub-{way}", **where) as session:
        await driven.tell(session, DispenseGiven(patient=patient(ANNA), device="MD-1", number=f"driven-{way}", at=AT))
        await driven.until(session, "events", ["accepted"], each="receipt")


class TestItsLife:
    def test_ends_at_a_signal_with_the_spool_closed_and_remembers_though_it_is_killed(self, tmp_path: Path) -> None:
        with serving(tmp_path, PRODUCTS[:1]) as running:
            asyncio.run(self._opened(running, has=[]))
            running.process.terminate()
            assert running.process.wait(10) == 0
        folder = tmp_path / "sessions" / "s"
        assert [path.name for path in folder.iterdir()] == ["spool.db"]  # no journal is left beside it
        with serving(tmp_path, PRODUCTS[:1], ends_with=-signal.SIGKILL) as running:
            asyncio.run(self._opened(running, has=["taken"]))
            running.process.kill()
        with serving(tmp_path, PRODUCTS[:1]) as running:
            asyncio.run(self._opened(running, has=["taken"]))

    @staticmethod
    async def _opened(running: Driven, *, has: list[str]) -> None:
        body = Surroundings(municipality=ORG, sender=SENDER, mqtt="mqtt://127.0.0.1:1").model_dump_json().encode()
        assert await running.ask("PUT", "sessions/s", body) == (201, None)
        assert await running.fates("s") == has
        assert await running.tell("s", DOSE) == [1]
        await running.until("s", "events", ["taken"], each="fate")

    def test_alerts_that_were_shown_are_read_though_the_last_line_is_half(self, tmp_path: Path) -> None:
        file = tmp_path / "shown.jsonl"
        file.write_text('{"shown": "a", "resource": {}}\n{"confirmed": "a"}\n{"shown": "b", "resou')
        shown = ShownAlerts(file)
        asyncio.run(shown.confirmed("c"))
        assert [(s.sha256, s.is_confirmed) for s in shown.all()] == [("a", True)]
        assert shown.all() == ShownAlerts(file).all()
        file.write_text('{"sh')
        assert ShownAlerts(file).all() == []

    def test_ends_when_the_process_that_started_it_is_killed(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "connectors.testing.driven", *PRODUCTS[:1], "--folder", str(tmp_path)]
        starting = (
            "import subprocess, sys, time\n"
            f"child = subprocess.Popen({command!r}, stdout=subprocess.PIPE)\n"
            "child.stdout.readline(); print(child.pid, flush=True); time.sleep(60)\n"
        )
        parent = subprocess.Popen(
            [sys.executable, "-c", starting],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=HERE,
            env=ENVIRONMENT,
        )
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
        parent.stdout.close()
        give_up = time.monotonic() + 10
        while _is_running(child):
            assert time.monotonic() < give_up
            time.sleep(0.05)

    @pytest.mark.parametrize("name", ["nowhere:Class", "driven_products:Nobody", "driven_products", "json:JSONDecoder"])
    def test_does_not_start_for_what_is_no_connector(self, name: str, tmp_path: Path) -> None:
        with pytest.raises(SystemExit, match=name):
            found(name)


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
