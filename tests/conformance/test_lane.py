"""The national side of a test: what the script says happens, and what is heard is what was said."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from connectors import Connector, Report, SafetyAlarmRaised, patient
from connectors.helseid import HelseId, HelseIdClient
from connectors.http.line import HttpLine
from connectors.mqtt import MqttConnection
from connectors.timing import SystemTimer
from connectors.transport import Transport
from connectors.transport.http import JftTransport
from connectors.transport.mqtt import MqttTransport
from hub.conformance.national import lane as lane_module
from hub.conformance.national.certificates import CertificateFault
from hub.conformance.national.lane import Lane
from hub.conformance.national.script import Answer, Cut, Fault, FaultyToken, Late, Silence
from hub.conformance.national.stage import Stage, stage
from hub.conformance.seen import exchanges_of
from hub.jose.keys import private_key
from hub.model.codes import ReceiptCode

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
ALARM = SafetyAlarmRaised(
    patient=patient("07885132000"), device="TA-1", number="A-1", at=datetime(2025, 3, 3, 8, tzinfo=UTC)
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def national(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("national")) as running:
        yield running


def transport(lane: Lane, way: str, *, patience_s: float) -> Transport:
    told = lane.surroundings("jft")
    if way == "mqtt":
        assert told.mqtt is not None
        connection = MqttConnection(told.mqtt, client_id="test", connect_within_s=None)
        return MqttTransport(
            connection, municipality=told.municipality, sender=told.sender, receipt_within_s=patience_s
        )
    assert told.helseid is not None
    assert told.jft is not None
    access = told.helseid
    client = HelseIdClient(access.issuer, access.client_id, private_key(access.private_jwk), ("nhn:jft/api",))
    clock = SystemTimer()
    return JftTransport(
        told.jft, clock=clock, sign_in=HelseId(client, clock=clock), line=HttpLine(timeout_s=patience_s)
    )


async def answered(lane: Lane, way: str, *, patience_s: float = 10.0) -> Report:
    how = transport(lane, way, patience_s=patience_s)
    async with Connector(how, municipality=lane.municipality, sender=lane.sender) as connector:
        return await (await connector.tell(ALARM)).answered()


@pytest.mark.parametrize("way", ["mqtt", "jft"])
@pytest.mark.parametrize(
    ("fault", "arrivals", "codes"),
    [
        (Silence("before"), 2, ["accepted"]),
        (Silence("after"), 2, ["accepted", "duplicate"]),
        (Cut("before"), 2, ["accepted"]),
        (Cut("after"), 2, ["accepted", "duplicate"]),
        (Late(0.05), 1, ["accepted"]),
    ],
    ids=lambda value: repr(value) if isinstance(value, Silence | Cut | Late) else None,
)
async def test_a_fault_before_keeps_a_message_out_and_one_after_lets_it_in(
    national: Stage, way: str, fault: Fault, arrivals: int, codes: list[str]
) -> None:
    async with national.lane() as lane:
        lane.script.next(fault)
        await answered(lane, way, patience_s=0.7)
        found = [code.value for code in lane.heard.codes()]
        assert found[: len(codes)] == codes
        # On a slow machine a receipt may come too late, and paho repeats what was not confirmed when the line broke.
        assert set(found[len(codes) :]) <= {"duplicate"}
        assert len(lane.heard.messages) - len(found) == arrivals - len(codes)
        assert {message.way for message in lane.heard.messages} == {way}
        assert lane.script.is_used_up()


@pytest.mark.parametrize("way", ["mqtt", "jft"])
async def test_a_sender_that_is_told_no_hears_it_by_either_way(national: Stage, way: str) -> None:
    async with national.lane() as lane:
        lane.script.next(Answer(422))
        assert (await answered(lane, way)).fate.value == "refused"
        assert lane.heard.codes() == []
        shown = exchanges_of(lane.heard)
        assert [e.body for e in shown if "DetectedIssue" in e.body] != []
        assert "rejected" in shown[-1].answer or shown[-1].answer.startswith("422")


@pytest.mark.parametrize("fault", ["wrong_signing_key", "wrong_issuer", "wrong_audience", "expired", "wrong_typ"])
async def test_the_doors_refuse_every_faulty_token_and_take_the_next(national: Stage, fault: str) -> None:
    async with national.lane() as lane:
        lane.script.next(FaultyToken(fault), kind="token")  # met by the request without a nonce: no token in it
        lane.script.next(FaultyToken(fault), kind="token")
        await answered(lane, "jft")
        assert [request.status for request in lane.heard.of_kind("write")] == [401, 202]
        assert lane.heard.codes() == [ReceiptCode.ACCEPTED]


async def test_a_lane_that_is_down_is_reached_by_nobody_and_comes_back(national: Stage) -> None:
    async with national.lane() as lane:
        lane.go_down()
        async with aiohttp.ClientSession() as http:
            with pytest.raises(aiohttp.ClientError):
                await http.get(f"{lane.base}/helseid/.well-known/openid-configuration")
            lane.come_back()
            async with http.get(f"{lane.base}/helseid/.well-known/openid-configuration") as answer:
                assert answer.status == 200


async def test_two_lanes_never_hear_each_other(national: Stage) -> None:
    async with national.lane() as one, national.lane() as other:
        await answered(one, "mqtt")
        assert (len(one.heard.messages), len(other.heard.messages)) == (1, 0)


@pytest.mark.parametrize("fault", ["none", "unknown_issuer", "wrong_name", "expired", "not_yet_valid", "self_signed"])
async def test_only_the_right_certificate_is_trusted(national: Stage, fault: CertificateFault) -> None:
    async with national.lane(server=national.issuer.server(fault)) as lane:
        told = lane.surroundings("jft")
        assert told.tls is not None
        trusting = ssl.create_default_context(cadata=told.tls.ca)
        async with aiohttp.ClientSession() as http:
            asked = http.get(f"{lane.base}/helseid/.well-known/openid-configuration", ssl=trusting)
            if fault == "none":
                async with asked as answer:
                    assert (await answer.json())["issuer"].startswith(lane.base)
            else:
                with pytest.raises(aiohttp.ClientConnectorCertificateError):
                    await asked


async def test_a_lane_leaves_nothing_behind(tmp_path: Path) -> None:
    async with stage(tmp_path) as own, own.lane():
        assert list(tmp_path.glob("lane-*"))
    assert not list(tmp_path.glob("lane-*"))


async def test_a_hub_that_does_not_end_is_told_of_and_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    release = asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await release.wait()

    monkeypatch.setattr(lane_module, "_ENDS_WITHIN_S", 0.05)
    running = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        with pytest.raises(TimeoutError, match="did not end"):
            await lane_module._end(running)
    release.set()
    await running
