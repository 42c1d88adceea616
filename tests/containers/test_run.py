"""Every service of docker-compose.yml, run by its very command: one alarm in, one note in each EPJ."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from connectors.mqtt import MqttConnection
from hub.model.errors import AccessDenied, KnutepunktError
from tests.containers.compose import services
from tests.containers.composed import HUB, Composed
from tests.messages import LINE, alarm, uuid

pytestmark = [pytest.mark.needs("mosquitto"), pytest.mark.slow]

SENDERS = {"314159265": "Acme_Alarm_Testvik", "970540008": "Acme_Alarm_Hamar", "972418013": "Acme_Alarm_Bodoe"}
ADMIN = {"314159265": "9101", "970540008": "9102", "972418013": "9103"}


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    with Composed(tmp_path_factory.mktemp("composed")) as running:
        yield running


def signed_in(composed: Composed, user: str) -> MqttConnection:
    url, password = f"mqtt://127.0.0.1:{composed.ports['1883']}", composed.secret(user)
    return MqttConnection(url, client_id=f"test-{user}", username=user, password=password)


async def notes_of(composed: Composed, municipality: str) -> list[dict[str, Any]]:
    port = composed.ports[ADMIN[municipality]]

    def get() -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/admin/notes", timeout=5) as answer:
            return json.loads(answer.read())

    return await asyncio.to_thread(get)


async def alarms_in(composed: Composed, municipality: str) -> list[dict[str, Any]]:
    """The notes about the test's patient, whom the device simulator doesn't have."""
    return [note for note in await notes_of(composed, municipality) if note["patient"]["value"] == LINE]


@pytest.mark.parametrize("municipality", SENDERS)
async def test_one_alarm_in_is_one_note_in_the_epj(composed: Composed, municipality: str) -> None:
    sender = SENDERS[municipality]
    topic = f"vft/{municipality}/{sender}/knapp-1"
    payload = orjson.dumps(alarm(uuid(f"composed-{municipality}")))
    async with signed_in(composed, sender) as connection:
        receipts = connection.subscribe(f"{topic}/receipt")
        await receipts.ready()
        codes = []
        for _ in range(2):
            await connection.publish(f"{topic}/event", payload)
            receipt = orjson.loads((await asyncio.wait_for(anext(aiter(receipts)), 15)).payload)
            codes.append(receipt["issue"][0]["details"]["coding"][0]["code"])
    assert codes == ["accepted", "duplicate"]
    async with asyncio.timeout(20):
        while not (notes := await alarms_in(composed, municipality)):  # noqa: ASYNC110  # as told below
            await asyncio.sleep(0.1)  # another process's store tells nobody
    assert len(notes) == 1


async def test_nobody_comes_in_without_a_password(composed: Composed) -> None:
    anonymous = MqttConnection(f"mqtt://127.0.0.1:{composed.ports['1883']}", client_id="nobody")
    with pytest.raises((AccessDenied, KnutepunktError)):
        await anonymous.__aenter__()


async def test_a_sender_hears_its_own_receipts_and_nobody_elses(composed: Composed) -> None:
    topic = "vft/970540008/Acme_Alarm_Hamar/knapp-2"
    async with signed_in(composed, "Acme_Alarm_Testvik") as curious, signed_in(composed, "Acme_Alarm_Hamar") as own:
        overheard, heard = curious.subscribe("vft/#"), own.subscribe(f"{topic}/receipt")
        await heard.ready()
        await own.publish(f"{topic}/event", orjson.dumps(alarm(uuid("overheard"))))
        await asyncio.wait_for(anext(aiter(heard)), 15)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(aiter(overheard)), 0.5)


async def test_what_a_sender_publishes_in_anothers_name_goes_nowhere(composed: Composed) -> None:
    topic = "vft/970540008/Acme_Alarm_Hamar/knapp-3"
    async with signed_in(composed, "Acme_Alarm_Testvik") as thief, signed_in(composed, "Acme_Alarm_Hamar") as own:
        receipts = own.subscribe(f"{topic}/receipt")
        await receipts.ready()
        await thief.publish(f"{topic}/event", orjson.dumps(alarm(uuid("stolen"))))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(aiter(receipts)), 1)


def test_operations_ask_for_the_key_that_was_made(composed: Composed) -> None:
    address = f"http://{HUB}:{composed.ports['8000']}/operations/summary"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(address, timeout=5)
    token = (composed.folder / "hub-data" / "operations.token").read_text()
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert json.loads(answer.read())["accepted"] >= 1


def test_every_service_still_passes_its_health_check_at_the_end(composed: Composed) -> None:
    staying = [s for s in services().values() if "healthcheck" in s.settings]
    assert [s.name for s in staying if not composed.is_well(s)] == []


def test_every_service_ends_cleanly_when_told_to(composed: Composed) -> None:
    statuses = {name: composed.end(process) for name, process in reversed(composed.processes.items())}
    del statuses["devices"]  # ends by the signal itself
    assert set(statuses.values()) == {0}, statuses
