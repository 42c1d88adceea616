"""What these tests look for: that it arrives, once and unchanged, or that it is said to be refused and left alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from connectors.testing.driving import EventReport
from hub.conformance.bench.connector import Connected
from hub.conformance.expecting import expect_registered
from hub.conformance.national.heard import Heard, Message
from hub.conformance.verdicts import both, expect
from hub.model.codes import ReceiptCode

#: Longer than a first pause of a system that tries again what it must not.
WATCH_S = 2.0
_REFUSED = frozenset({"refused", "failed"})


async def first_sent(it: Connected, *, within_s: float = 10.0) -> Message:
    """The first message that the system sends."""
    sent = await it.lane.heard.until(lambda heard: heard.messages[:1], within_s=within_s)
    expect(
        sent,
        expected=both("en melding blir sendt", "a message is sent"),
        seen=both(f"ingen melding på {within_s:g} sekunder", f"no message in {within_s:g} seconds"),
    )
    return sent[0]


async def expect_delivered(it: Connected, number: int, *, within_s: float = 20.0) -> None:
    """Exactly `number` events are registered when the system is done with all that it has been told."""
    reports = await it.system.settled(within_s=within_s)
    if not reports:
        await it.lane.heard.until(lambda heard: _accepted(heard) >= number, within_s=within_s)
    expect_registered(it.lane, number)


def expect_same_bytes(messages: Sequence[Message], events: int) -> None:
    """The `messages` of `events` events hold no more than so many different contents."""
    contents = len({message.payload for message in messages})
    expect(
        contents <= events,
        expected=both(
            f"hver ny sending har de samme bytene: {events} ulike innhold",
            f"what is sent again has the same bytes: {events} different contents",
        ),
        seen=both(
            f"{contents} ulike innhold i {len(messages)} sendinger",
            f"{contents} different contents in {len(messages)} sendings",
        ),
    )


async def expect_left_alone(it: Connected, refused: Collection[bytes], *, for_s: float = WATCH_S) -> None:
    """For `for_s` seconds more, none of the `refused` payloads has been sent more than once."""
    again = await it.lane.heard.until(lambda heard: _repeated(heard, refused), within_s=for_s)
    expect(
        not again,
        expected=both("det som er avvist, blir ikke sendt igjen", "what is refused is not sent again"),
        seen=both(f"{again} meldinger sendt på nytt etter avvisningen", f"{again} messages sent again after it"),
    )


def expect_told_refused(reports: Sequence[EventReport], numbers: Collection[int]) -> None:
    """The system itself says that the events `numbers` were refused."""
    fates = sorted(report.fate for report in reports if report.number in numbers)
    expect(
        fates and all(fate in _REFUSED for fate in fates),
        expected=both("systemet melder hendelsen som avvist", "the system reports the event as refused"),
        seen=both(
            f"den meldes som {', '.join(fates) or 'ukjent'}", f"it is reported as {', '.join(fates) or 'unknown'}"
        ),
    )


def payloads_of(heard: Heard, status: int) -> set[bytes]:
    """What was sent in requests that were answered with `status`."""
    return {request.body for request in heard.of_kind("write") if request.status == status}


def _accepted(heard: Heard) -> int:
    return sum(code == ReceiptCode.ACCEPTED for code in heard.codes())


def _repeated(heard: Heard, refused: Collection[bytes]) -> int:
    sent = [message.payload for message in heard.messages]
    return sum(sent.count(payload) - 1 for payload in refused if sent.count(payload) > 1)
