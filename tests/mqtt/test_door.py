"""The MQTT door: receipts, acknowledgements in order after the commit, and nothing that can block the queue."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hub.api.mqtt import MqttDoor
from hub.api.watch import Watch
from hub.dispatch.response_centre import ResponseCentreDestination, receipts_in
from hub.fhir.outcome import IDENTIFIER_EXTENSION, SHA256_EXTENSION
from hub.model.codes import RECEIPT_SYSTEM
from hub.model.errors import Unreachable
from hub.mqtt.bridge import Arrival
from tests.ingest.intake import Intake, intake
from tests.messages import MUNICIPALITY, SENDER, Json, alarm, observation, raw

TREE = f"vft/{MUNICIPALITY}/{SENDER}"


@dataclass(slots=True)
class Line:
    """A broker's connection as the door sees it."""

    published: list[tuple[str, Json, bytes | None]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    is_down: bool = False

    def publish_nowait(
        self, topic: str, payload: bytes, *, correlation: bytes | None = None, retain: bool = False
    ) -> None:
        if self.is_down:
            raise Unreachable("no connection")
        self.published.append((topic, orjson.loads(payload), correlation))

    async def publish(self, topic: str, payload: bytes, **more: Any) -> None:
        self.publish_nowait(topic, payload, **more)

    def arrival(self, name: str, payload: bytes, *, topic: str = f"{TREE}/dev/event", **more: Any) -> Arrival:
        values: dict[str, Any] = {"qos": 1, "is_retained": False, "response_topic": None, "correlation": None} | more
        return Arrival(topic, payload, acknowledge=lambda: self.acknowledged.append(name), **values)


@dataclass(slots=True)
class Doorway:
    """A door with its hub."""

    hub: Intake
    door: MqttDoor
    line: Line
    centre: ResponseCentreDestination

    async def answered(self, many: int) -> None:
        async with asyncio.timeout(10):
            while len(self.line.acknowledged) < many:  # noqa: ASYNC110  # the line is a plain list
                await asyncio.sleep(0.002)


@asynccontextmanager
async def doorway(location: Path | str) -> AsyncIterator[Doorway]:
    async with intake(location) as hub:
        line = Line()
        centre = ResponseCentreDestination(line, MUNICIPALITY, timeout_s=0.2)
        watch = Watch(hub.engines, hub.clock, on_wants=hub.wants.extend)
        door = MqttDoor(hub.ingest, watch, hub.clock, response_centres={MUNICIPALITY: centre})
        running = asyncio.create_task(door.run(line))  # type: ignore[arg-type]  # as much of a bridge as is used
        try:
            yield Doorway(hub, door, line, centre)
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


def _code(outcome: Json) -> str:
    (code,) = [c["code"] for c in outcome["issue"][0]["details"]["coding"] if c["system"] == RECEIPT_SYSTEM]
    return str(code)


async def test_every_message_gets_a_receipt_with_its_code_identifier_and_hash(sqlite_store: Path) -> None:
    async with doorway(sqlite_store) as it:
        for name, message in (("a", observation()), ("b", observation()), ("c", observation(value=1))):
            it.door.receive(it.line.arrival(name, raw(message)))
        it.door.receive(it.line.arrival("d", b"{"))
        await it.answered(4)
        assert [topic for topic, _, _ in it.line.published] == [f"{TREE}/dev/receipt"] * 4
        outcomes = [outcome for _, outcome, _ in it.line.published]
        assert [_code(o) for o in outcomes] == ["accepted", "duplicate", "conflict", "rejected"]
        named = {e["url"]: e for e in outcomes[0]["issue"][0]["extension"]}
        assert named[SHA256_EXTENSION]["valueString"] == hashlib.sha256(raw(observation())).hexdigest()
        assert named[IDENTIFIER_EXTENSION]["valueIdentifier"]["value"] == "obs-1"
        assert outcomes[3]["issue"][1]["expression"]


async def test_messages_are_acknowledged_in_order_and_after_the_commit(sqlite_store: Path) -> None:
    async with doorway(sqlite_store) as it:
        async with it.hub.engines.writing():
            for i in range(20):
                it.door.receive(it.line.arrival(str(i), raw(observation(f"o{i}"))))
            await asyncio.sleep(0.1)
            assert not it.line.acknowledged
        await it.answered(20)
        assert it.line.acknowledged == [str(i) for i in range(20)]


async def test_without_a_connection_the_message_is_stored_and_the_sender_will_ask_again(sqlite_store: Path) -> None:
    async with doorway(sqlite_store) as it:
        it.line.is_down = True
        it.door.receive(it.line.arrival("a", raw(observation())))
        await it.answered(1)
        it.line.is_down = False
        it.door.receive(it.line.arrival("b", raw(observation())))
        await it.answered(2)
        assert [_code(o) for _, o, _ in it.line.published] == ["duplicate"]


@pytest.mark.parametrize(
    ("wished", "gets"),
    [
        (f"{TREE}/dev/answers", True),
        (f"{TREE}/other/answers", True),
        (f"vft/{MUNICIPALITY}/Somebody_Else/dev/answers", False),
        (f"vft/{MUNICIPALITY}/response-centre/alert", False),
        (f"{TREE}x/dev/answers", False),
        (f"{TREE}/dev/event", False),
        (f"{TREE}/dev/status", False),
    ],
)
async def test_a_response_topic_counts_inside_the_senders_own_tree_only(
    sqlite_store: Path, wished: str, gets: bool
) -> None:
    async with doorway(sqlite_store) as it:
        arrival = it.line.arrival("a", raw(observation()), response_topic=wished, correlation=b"\x00\x01")
        it.door.receive(arrival)
        await it.answered(1)
        topics = [topic for topic, _, _ in it.line.published]
        assert topics == [f"{TREE}/dev/receipt", *([wished] if gets else [])]
        assert {correlation for _, _, correlation in it.line.published} == {b"\x00\x01"}


@pytest.mark.parametrize(("how", "rule"), [({"is_retained": True}, "mqtt-retained-event"), ({"qos": 0}, "mqtt-qos-0")])
async def test_a_retained_or_qos_0_event_is_taken_and_remarked_on(
    sqlite_store: Path, how: dict[str, Any], rule: str
) -> None:
    async with doorway(sqlite_store) as it:
        it.door.receive(it.line.arrival("a", raw(observation()), **how))
        await it.answered(1)
        ((_, outcome, _),) = it.line.published
        rules = [c["code"] for issue in outcome["issue"] for c in issue["details"]["coding"]]
        assert rules[0] == "accepted"
        assert rule in rules


async def test_a_retained_event_is_a_sign_of_life_once(sqlite_store: Path) -> None:
    async with doorway(sqlite_store) as it:
        for many, is_sign in ((1, True), (2, False)):
            it.door.receive(it.line.arrival("a", raw(observation()), is_retained=True))
            await it.answered(many)
            assert ((MUNICIPALITY, SENDER, "dev") in it.door._watch._heard) == is_sign
            it.door._watch._heard.clear()


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["issue", "details", "coding", "system", "code", "extension", "url", "valueString", "state"]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
)


@hypothesis_settings(max_examples=150)
@given(ANYTHING.filter(lambda value: isinstance(value, dict)))
def test_a_centres_receipt_of_any_shape_is_read_without_ado(value: Json) -> None:
    assert isinstance(receipts_in(value), list)


async def test_nothing_on_a_status_or_receipt_topic_can_block_what_comes_after_it(sqlite_store: Path) -> None:
    odd = [
        b"",
        b"\xff",
        b"5",
        b'{"issue": 5}',
        b'{"issue": [{"details": []}]}',
        b'{"state": 5}',
        b'{"state": "on", "next_within_s": 1e308, "battery": [], "at": {}}',
        b'{"state": "\\u0000", "at": "9999-12-31T23:59:59Z"}',
        b'{"state": "on", "battery": 123456789012345678901234567890}',
    ]
    async with doorway(sqlite_store) as it:
        for i, payload in enumerate(odd):
            it.door.receive(it.line.arrival(f"s{i}", payload, topic=f"{TREE}/dev/status"))
            it.door.receive(it.line.arrival(f"r{i}", payload, topic=f"vft/{MUNICIPALITY}/response-centre/receipt"))
        it.door.receive(it.line.arrival("event", raw(alarm())))
        await it.answered(2 * len(odd) + 1)
        assert _code(it.line.published[0][1]) == "accepted"


async def test_a_device_called_anything_is_heard(sqlite_store: Path) -> None:
    async with doorway(sqlite_store) as it:
        for name in ("", " ", "ø" * 30_000, "a\x01b"):
            it.door.receive(it.line.arrival(name, raw(observation(f"o{len(name)}")), topic=f"{TREE}/{name}/event"))
        await it.answered(4)
        assert {_code(o) for _, o, _ in it.line.published} == {"accepted"}
