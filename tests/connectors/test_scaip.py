from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import MemoryTransport
from connectors.scaip.message import NotScaip, read_request, write_answer
from connectors.scaip.receiver import Answer, ScaipReceiver
from connectors.scaip_bridge import ScaipBridgeConnector
from connectors.sip import SipMessage, SipServer, answer_to, read_sip
from connectors.sip.message import NotSip
from tests.connectors.people import ANNA

AT = datetime(2025, 3, 3, 7, 30, 15, tzinfo=UTC)
UNIT = "4790001234"


def alarm(ref: str = "0007", more: str = "<dty>0003</dty><stc>0010</stc>", cid: str = UNIT) -> bytes:
    return f"<mrq><ref>{ref}</ref><cid>{cid}</cid><did>17</did>{more}</mrq>".encode()


def message(body: bytes, *, branch: str = "z9hG4bK1", method: str = "MESSAGE") -> bytes:
    lines = [
        f"{method} sip:mottak@127.0.0.1 SIP/2.0",
        f"v: SIP/2.0/UDP 10.0.0.7:5060;rport;branch={branch}",
        f"f: <sip:{UNIT}@10.0.0.7>;tag=1",
        "t: <sip:mottak@127.0.0.1>",
        f"i: {branch}@10.0.0.7",
        f"CSeq: 1 {method}",
        "c: application/scaip+xml",
        f"l: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Unit(asyncio.DatagramProtocol):
    """An alarm unit on UDP: hears everything, answers MESSAGE requests with 200 unless it is deaf."""

    def __init__(self, deaf_for: int = 0) -> None:
        self.heard: asyncio.Queue[SipMessage] = asyncio.Queue()
        self.deaf_for = deaf_for

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        came = read_sip(data)
        if came.method == "MESSAGE":
            if self.deaf_for > 0:
                self.deaf_for -= 1
                return
            self.transport.sendto(answer_to(came, 200, tag="u", source=addr).bytes, addr)
        self.heard.put_nowait(came)

    async def next(self) -> SipMessage:
        return await asyncio.wait_for(self.heard.get(), 10)


@asynccontextmanager
async def unit_at(server: SipServer, deaf_for: int = 0) -> AsyncIterator[Unit]:
    unit = Unit(deaf_for)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: unit, remote_addr=("127.0.0.1", server.port)
    )
    try:
        yield unit
    finally:
        transport.close()


@asynccontextmanager
async def bridge(
    hub: MemoryTransport, answer: Answer = "response", *, now: datetime = AT, spool: Path | None = None
) -> AsyncIterator[SipServer]:
    async with ScaipBridgeConnector(hub, municipality="314159265", sender="Acme", spool=spool) as connector:
        receiver = ScaipReceiver(connector, {UNIT: ANNA}, answer=answer, now=lambda: now, heartbeat_s=600)
        async with receiver.serve("127.0.0.1", 0) as server:
            yield server
        await connector.drained()


async def test_an_alarm_over_udp_is_in_the_spool_before_the_unit_hears_that_it_is() -> None:
    hub = MemoryTransport()
    async with bridge(hub) as server, unit_at(server) as unit:
        unit.transport.sendto(message(alarm()))
        answer = await unit.next()
    assert answer.status == 200
    assert answer.header("via").endswith(";branch=z9hG4bK1;received=127.0.0.1")
    assert ";rport=" in answer.header("via")
    assert ";tag=" in answer.header("to")
    assert answer.body == write_answer("0007", "0")
    assert [orjson.loads(m.payload)["identifier"][0]["value"] for m in hub.received] == [
        f"{UNIT}-0007-{AT.isoformat()}"
    ]


async def test_a_repeated_datagram_and_a_repeated_alarm_are_one_alarm() -> None:
    hub = MemoryTransport()
    async with bridge(hub) as server, unit_at(server) as unit:
        for branch in ("z9hG4bK1", "z9hG4bK1", "z9hG4bK2"):
            unit.transport.sendto(message(alarm(), branch=branch))
        answers = [await unit.next() for _ in range(3)]
    assert {a.body for a in answers} == {write_answer("0007", "0")}
    assert (len(hub.received), hub.sends) == (1, 1)


async def test_a_repeat_is_known_after_a_restart_and_a_number_that_is_used_anew_is_a_new_alarm(tmp_path: Path) -> None:
    hub, alarms = MemoryTransport(), []
    for minutes in (0, 14, 28, 44):
        now = AT + timedelta(minutes=minutes)
        async with bridge(hub, now=now, spool=tmp_path / "spool.db") as server, unit_at(server) as unit:
            unit.transport.sendto(message(alarm()))
            assert (await unit.next()).body == write_answer("0007", "0")
        alarms.append(len(hub.received))
    assert alarms == [1, 1, 1, 2]


async def test_the_answer_can_be_a_message_of_its_own_and_is_repeated_until_it_is_heard() -> None:
    hub = MemoryTransport()
    async with bridge(hub, "message") as server, unit_at(server, deaf_for=1) as unit:
        unit.transport.sendto(message(alarm()))
        first, second = await unit.next(), await unit.next()
    assert (first.status, first.body) == (200, b"")
    assert (second.method, second.body) == ("MESSAGE", write_answer("0007", "0"))
    assert second.header("to") == f"<sip:{UNIT}@10.0.0.7>"


async def test_several_alarms_on_one_tcp_connection_are_all_answered() -> None:
    hub = MemoryTransport()
    async with bridge(hub) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        both = message(alarm("1"), branch="a") + b"\r\n\r\n" + message(alarm("2"), branch="b")
        for part in (both[:100], both[100:]):
            writer.write(part)
            await writer.drain()
        said = b""
        while said.count(b"</mrs>") < 2:
            said += await asyncio.wait_for(reader.read(4096), 10)
        writer.close()
    assert len(hub.received) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (alarm(more="<stc>0010</stc>"), "7"),
        (alarm(cid="ukjent"), "5"),
        (b"<mrs/>", "2"),
        (b"<mrq>", "2"),
        (b'<?xml version="1.0" encoding="Shift_JIS"?>' + alarm(), "2"),
        (b'<?xml version="1.0" encoding="nonsense"?>' + alarm(), "2"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><mrq><cid>&a;</cid><dty>1</dty></mrq>', "2"),
        (b"<mrq>" + b"x" * 20_000 + b"</mrq>", "1"),
    ],
)
async def test_what_can_not_be_taken_is_answered_with_the_standards_number(body: bytes, status: str) -> None:
    hub = MemoryTransport()
    async with bridge(hub) as server, unit_at(server) as unit:
        unit.transport.sendto(message(body))
        answer = await unit.next()
    assert f"<snu>{status}</snu>".encode() in answer.body
    assert hub.received == []


@pytest.mark.parametrize(("method", "status"), [("OPTIONS", 200), ("INVITE", 405)])
async def test_other_requests_get_a_sip_answer(method: str, status: int) -> None:
    async with bridge(MemoryTransport()) as server, unit_at(server) as unit:
        unit.transport.sendto(message(b"", method=method))
        assert (await unit.next()).status == status


class HearingTransport(MemoryTransport):
    def __init__(self) -> None:
        super().__init__()
        self.devices: list[tuple[str, str, int | None]] = []

    async def report_device(
        self, device: str, *, state: str, at: str, battery: int | None = None, next_within_s: int | None = None
    ) -> None:
        self.devices.append((device, state, next_within_s))


async def test_heartbeats_and_batteries_tell_how_the_device_is_and_make_no_event() -> None:
    hub = HearingTransport()
    async with bridge(hub) as server, unit_at(server) as unit:
        for ref, more in (("1", "<dty>0002</dty><mty>PI</mty>"), ("2", "<dty>0002</dty><stc>0016</stc>")):
            unit.transport.sendto(message(alarm(ref, more), branch=ref))
            assert (await unit.next()).body == write_answer(ref, "0")
    assert hub.devices == [(f"{UNIT}-17", "ok", 600), (f"{UNIT}-17", "lavt batteri", None)]
    assert hub.received == []


def test_answers_escape_what_they_repeat() -> None:
    assert b"<ref>&lt;&amp;</ref>" in write_answer("<&", "0")


@given(st.binary(max_size=300))
def test_no_bytes_break_the_readers(raw: bytes) -> None:
    for read, refusal in ((read_sip, NotSip), (read_request, NotScaip)):
        with suppress(refusal):
            read(raw)


@given(body=st.binary(max_size=50))
def test_what_is_written_is_read_again(body: bytes) -> None:
    first = read_sip(message(body))
    assert read_sip(first.bytes) == SipMessage(first.start, read_sip(first.bytes).headers, body)
    assert base64.b64encode(read_sip(first.bytes).body) == base64.b64encode(body)
