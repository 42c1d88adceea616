"""MQTT as bytes: what is written is read again whatever way it is cut, and nothing that comes can break the reader."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mqtt import packets
from hub.mqtt.packets import Greeting, Malformed, Published, Welcome

TOPICS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="+#\x00"), min_size=1, max_size=30)
VERSIONS = st.booleans()


def taken(stream: bytes, *cuts: int) -> list[tuple[int, bytes]]:
    """The packets in `stream` when it comes in pieces."""
    buffer, found, at = bytearray(), [], 0
    for cut in [*sorted(cuts), len(stream)]:
        buffer += stream[at:cut]
        at = max(at, cut)
        found += list(packets.packets(buffer))
    assert not buffer
    return found


@given(
    TOPICS,
    st.binary(max_size=300),
    st.booleans(),
    st.none() | st.binary(max_size=20),
    VERSIONS,
    st.lists(st.integers(0, 400), max_size=5),
)
def test_a_message_is_read_as_it_was_written_whatever_way_it_is_cut(
    topic: str, payload: bytes, retain: bool, correlation: bytes | None, is_v5: bool, cuts: list[int]
) -> None:
    written = packets.publish(513, topic, payload, is_v5=is_v5, correlation=correlation, retain=retain)
    twice = taken(written + written, *cuts)
    assert len(twice) == 2
    for first, body in twice:
        said = correlation if is_v5 else None
        assert packets.published_in(first, body, is_v5=is_v5) == Published(topic, payload, 1, retain, 513, None, said)


@pytest.mark.parametrize("size", [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152])
def test_a_message_of_any_size_is_whole(size: int) -> None:
    ((first, body),) = taken(packets.publish(1, "a", b"x" * size, is_v5=False), 1, 2, 3, size // 2)
    assert len(packets.published_in(first, body, is_v5=False).payload) == size


@given(st.integers(0, 255), st.binary(max_size=60), VERSIONS)
def test_whatever_comes_is_read_or_called_malformed(first: int, body: bytes, is_v5: bool) -> None:
    for read in (
        lambda: packets.published_in(first, body, is_v5=is_v5),
        lambda: packets.welcome_in(body),
        lambda: packets.is_granted(body, is_v5=is_v5),
    ):
        with contextlib.suppress(Malformed):
            read()


def test_a_length_without_end_is_malformed() -> None:
    with pytest.raises(Malformed):
        taken(b"\x30\xff\xff\xff\xff\x01")


def test_a_topic_that_is_no_utf_8_is_still_a_message() -> None:
    assert packets.published_in(0x32, b"\x00\x02a\xff\x00\x07x", is_v5=False) == Published("a�", b"x", 1, False, 7)


def test_every_kind_of_property_is_stepped_over() -> None:
    properties = (
        b"\x01\x01"  # payload format
        b"\x02\x00\x00\x00\x01"  # expiry
        b"\x08\x00\x03r/t"  # response topic
        b"\x0b\xff\x01"  # subscription identifier, of two bytes
        b"\x26\x00\x01k\x00\x01v"  # user property
        b"\x09\x00\x02\x00\xff"  # correlation
        b"\x23\x00\x05"  # topic alias
    )
    body = b"\x00\x01a\x00\x07" + bytes([len(properties)]) + properties + b"x"
    assert packets.published_in(0x32, body, is_v5=True) == Published("a", b"x", 1, False, 7, "r/t", b"\x00\xff")


@pytest.mark.parametrize(
    ("body", "welcome"),
    [
        (b"\x01\x00", Welcome(0)),
        (b"\x00\x84", Welcome(0x84)),
        (b"\x00\x00\x00", Welcome(0)),
        (b"\x00\x00\x06\x21\x00\x0a\x13\x00\x3c", Welcome(0, 10, 60)),
    ],
)
def test_the_brokers_welcome_is_understood(body: bytes, welcome: Welcome) -> None:
    assert packets.welcome_in(body) == welcome


@pytest.mark.parametrize(
    ("body", "is_v5", "granted"),
    [
        (b"\x00\x01\x01\x01", False, True),
        (b"\x00\x01\x01\x80", False, False),
        (b"\x00\x01\x00\x01", True, True),
        (b"\x00\x01\x00\x87", True, False),
        (b"\x00\x01", False, False),
    ],
)
def test_one_refused_subscription_is_a_refusal(body: bytes, is_v5: bool, granted: bool) -> None:
    assert packets.is_granted(body, is_v5=is_v5) == granted


def test_a_greeting_keeps_its_session_and_says_how_much_it_takes() -> None:
    known = Greeting("hub", 30, 1024, "u", "pæ")
    assert (
        packets.connect(known, is_v5=False)
        == b"\x10\x17\x00\x04MQTT\x04\xc0\x00\x1e\x00\x03hub\x00\x01u\x00\x03p\xc3\xa6"
    )
    assert packets.connect(Greeting("hub", 30, 1024), is_v5=True) == (
        b"\x10\x18\x00\x04MQTT\x05\x00\x00\x1e\x08\x11\xff\xff\xff\xff\x21\x04\x00\x00\x03hub"
    )


@pytest.mark.parametrize("topic", ["", "a/+", "#", "a\x00", "x" * 70_000])
def test_nothing_is_published_to_what_is_no_topic(topic: str) -> None:
    with pytest.raises(ValueError, match=r"topic|MQTT"):
        packets.publish(1, topic, b"x", is_v5=False)
