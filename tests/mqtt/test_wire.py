"""One connection: how much is under way, what a silence means, and what happens to what is left when it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from hub.mqtt import packets
from hub.mqtt.packets import Greeting, Published
from hub.mqtt.wire import Wire

WELCOME = b"\x20\x02\x00\x00"


class Transport(asyncio.Transport):
    """Keeps what is written, packet by packet."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:  # type: ignore[override]
        self.written.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


async def welcomed(*, most: int = 65_535) -> tuple[Wire, Transport, list[tuple[Published, Callable[[], None]]]]:
    arrivals: list[tuple[Published, Callable[[], None]]] = []
    wire = Wire(is_v5=True, on_published=lambda *arrival: arrivals.append(arrival))
    transport = Transport()
    wire.connection_made(transport)
    greeting = asyncio.create_task(wire.greet(Greeting("hub", 30, 10)))
    await asyncio.sleep(0)
    wire.data_received(b"\x20\x06\x00\x00\x03\x21" + most.to_bytes(2, "big"))
    await greeting
    transport.written.clear()
    return wire, transport, arrivals


def numbers(transport: Transport) -> list[int]:
    """The packet numbers of the messages written to topic `t`."""
    return [int.from_bytes(p[5:7], "big") for p in transport.written]


async def test_no_more_is_under_way_than_the_broker_takes_at_once_and_the_rest_goes_in_order() -> None:
    wire, transport, _ = await welcomed(most=2)
    for n in range(5):
        wire.publish("t", b"%d" % n, correlation=None, retain=False)
    assert numbers(transport) == [1, 2]
    wire.data_received(packets.acknowledgement(2))
    wire.data_received(packets.acknowledgement(1))
    assert numbers(transport) == [1, 2, 3, 4]
    assert [p[-1:] for p in transport.written] == [b"0", b"1", b"2", b"3"]


async def test_a_number_is_not_used_again_while_its_message_is_unconfirmed() -> None:
    wire, transport, _ = await welcomed()
    wire.publish("t", b"stays", correlation=None, retain=False)
    for n in range(2, 65_536):
        wire.publish("t", b"", correlation=None, retain=False)
        wire.data_received(packets.acknowledgement(n))
    wire.publish("t", b"next", correlation=None, retain=False)
    assert numbers(transport)[-1] == 2


async def test_a_message_that_cannot_be_published_is_told_even_when_it_would_have_to_wait() -> None:
    wire, _, _ = await welcomed(most=1)
    wire.publish("t", b"", correlation=None, retain=False)
    with pytest.raises(ValueError, match="topic"):
        wire.publish("a/#", b"", correlation=None, retain=False)


async def test_a_broker_that_is_silent_from_one_ping_to_the_next_is_lost() -> None:
    wire, transport, _ = await welcomed()
    wire.ping()
    wire.data_received(b"\xd0\x00")
    wire.ping()
    assert wire.is_open
    wire.ping()
    assert not wire.is_open
    assert transport.closed


async def test_nothing_is_acknowledged_on_a_lost_connection_nor_at_qos_0() -> None:
    wire, transport, arrivals = await welcomed()
    message = packets.publish(7, "t", b"x", is_v5=True)
    wire.data_received(message + b"\x30\x04\x00\x01t\x00" + message)
    (_, first), (at_qos_0, second), (_, third) = arrivals
    assert at_qos_0.qos == 0
    first()
    second()
    wire.connection_lost(None)
    third()
    assert transport.written == [packets.acknowledgement(7)]


@pytest.mark.parametrize("nonsense", [b"\x00\x00", b"\xf0\x00", b"\x34\x05\x00\x01t\x00\x01", b"\xe0\x00", WELCOME])
async def test_what_was_not_agreed_on_ends_the_connection(nonsense: bytes) -> None:
    wire, transport, _ = await welcomed()
    wire.data_received(nonsense)
    assert not wire.is_open
    assert transport.closed


async def test_who_waits_for_a_welcome_is_told_that_there_will_be_none() -> None:
    wire = Wire(is_v5=False, on_published=lambda *_: None)
    wire.connection_made(Transport())
    greeting = asyncio.create_task(wire.greet(Greeting("hub", 30, 10)))
    await asyncio.sleep(0)
    wire.connection_lost(None)
    with pytest.raises(ConnectionError):
        await greeting
