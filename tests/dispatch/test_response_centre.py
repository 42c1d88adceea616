"""The response centre as a destination: the alert goes out until its receipt comes back, once in effect."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hub.dispatch.response_centre import ResponseCentreDestination
from hub.fhir.outcome import operation_outcome
from hub.model.codes import ReceiptCode
from hub.model.errors import Unreachable
from hub.store import schema
from tests.dispatch.office import FASTER, Office, office
from tests.ingest.intake import CENTRE, settings
from tests.messages import MUNICIPALITY, Json, alarm, composition, document, follow_up, raw

ROUTED = settings('alert = "response_centre"')


def receipt(payload: bytes, code: ReceiptCode = ReceiptCode.ACCEPTED) -> Json:
    return operation_outcome((), receipt=code, identifier=None, sha256=hashlib.sha256(payload).hexdigest())


@dataclass(slots=True)
class Radio:
    """A broker with a response centre behind it. `answers` makes the centre's receipt, or None for no answer."""

    published: list[tuple[str, bytes, bytes | None]] = field(default_factory=list)
    answers: Callable[[bytes], Json | None] = receipt
    centre: ResponseCentreDestination | None = None
    is_down: bool = False

    async def publish(
        self, topic: str, payload: bytes, *, correlation: bytes | None = None, retain: bool = False
    ) -> None:
        if self.is_down:
            raise Unreachable("no broker")
        self.published.append((topic, payload, correlation))
        if (answer := self.answers(payload)) is not None:
            assert self.centre is not None
            asyncio.get_running_loop().call_soon(self.centre.confirm, answer)


def centre_behind(radio: Radio) -> dict[tuple[str, str], ResponseCentreDestination]:
    radio.centre = ResponseCentreDestination(radio, MUNICIPALITY, timeout_s=10.0 / FASTER)
    return {(MUNICIPALITY, "response_centre"): radio.centre}


async def _state(hub: Office) -> tuple[str, str | None]:
    (row,) = (await hub.deliveries("response_centre")).values()
    return row.state, row.reason


async def test_the_alert_goes_out_as_it_came_and_is_settled_by_its_receipt(sqlite_store: Path) -> None:
    radio = Radio()
    async with office(sqlite_store, others=centre_behind(radio), found=ROUTED) as hub:
        await hub.say(alarm())
        await hub.done()
        ((topic, payload, correlation),) = radio.published
        assert (topic, payload) == (f"vft/{MUNICIPALITY}/response-centre/alert", raw(alarm()))
        assert correlation == hashlib.sha256(payload).digest()
        assert await _state(hub) == ("settled", None)
        assert not hub.epj.held


async def test_an_alert_is_published_again_until_it_is_confirmed(sqlite_store: Path) -> None:
    radio = Radio(answers=lambda payload: receipt(payload) if len(radio.published) == 3 else None)
    async with office(sqlite_store, others=centre_behind(radio), found=ROUTED) as hub:
        await hub.say(alarm())
        await hub.done()
        assert len({payload for _, payload, _ in radio.published}) == 1
        assert len(radio.published) == 3


async def test_the_centre_is_no_use_of_the_journal_and_is_not_metered(sqlite_store: Path) -> None:
    radio = Radio()
    async with office(sqlite_store, others=centre_behind(radio), found=ROUTED) as hub:
        await hub.say(alarm())
        await hub.done()
        assert not await hub.rows(schema.usage)
        await hub.say(follow_up(), sender=CENTRE)
        await hub.done()
        assert len(await hub.rows(schema.usage)) == 1
        assert len(radio.published) == 1


async def test_what_the_centre_rejects_waits_for_a_person(sqlite_store: Path) -> None:
    radio = Radio(answers=lambda payload: receipt(payload, ReceiptCode.REJECTED))
    async with office(sqlite_store, others=centre_behind(radio), found=ROUTED) as hub:
        await hub.say(alarm())
        await hub.done()
        assert await _state(hub) == ("waiting", "refused")


async def test_a_receipt_for_other_bytes_confirms_nothing(sqlite_store: Path) -> None:
    radio = Radio(answers=lambda payload: receipt(b"something else"))
    async with office(sqlite_store, others=centre_behind(radio), found=ROUTED) as hub:
        await hub.say(alarm())
        await hub.until(lambda: len(radio.published) == 2)
        assert (await _state(hub))[0] == "in_doubt"


async def test_without_a_broker_the_alert_waits_its_turn(sqlite_store: Path) -> None:
    radio = Radio(is_down=True)
    async with office(sqlite_store, others=centre_behind(radio), found=ROUTED) as hub:
        await hub.say(alarm())
        await hub.until(lambda: hub.rows(schema.delivery_events))
        radio.is_down = False
        await hub.done()
        assert await _state(hub) == ("settled", None)


async def test_a_corrected_alarm_is_sent_anew(sqlite_store: Path) -> None:
    first = alarm(meta={"lastUpdated": "2026-11-23T10:00:00+01:00"})
    second = alarm(meta={"lastUpdated": "2026-11-23T10:01:00+01:00"}, severity="high")
    radio = Radio()
    async with office(sqlite_store, others=centre_behind(radio), found=ROUTED) as hub:
        await hub.say(first)
        await hub.done()
        await hub.say(second)
        await hub.done()
        assert [payload for _, payload, _ in radio.published] == [raw(first), raw(second)]


async def test_what_more_is_told_of_the_alarm_before_it_is_handled_is_sent_on(sqlite_store: Path) -> None:
    more = document("d1", composition(steps=("0",)), alarm(severity="high"))
    radio = Radio()
    async with office(sqlite_store, others=centre_behind(radio), found=ROUTED) as hub:
        await hub.say(alarm())
        await hub.done()
        await hub.say(more)
        await hub.done()
        assert [payload for _, payload, _ in radio.published] == [raw(alarm()), raw(more)]


async def test_the_handling_is_never_sent_to_the_centre_as_an_alarm(sqlite_store: Path) -> None:
    """The alarm is still unconfirmed when the centre's own note, with the alarm in it, comes."""
    handling = document("h1", composition(), alarm())
    radio = Radio(answers=lambda payload: None)
    async with office(sqlite_store, others=centre_behind(radio), found=ROUTED) as hub:
        await hub.say(alarm())
        await hub.until(lambda: radio.published)
        await hub.say(handling, sender=CENTRE)
        await hub.until(lambda: len(radio.published) > 1)
        assert {payload for _, payload, _ in radio.published} == {raw(alarm())}
        radio.answers = receipt
        await hub.done()


async def test_a_receipt_that_nobody_waits_for_is_left(sqlite_store: Path) -> None:
    radio = Radio()
    async with office(sqlite_store, others=centre_behind(radio), found=ROUTED) as hub:
        assert radio.centre is not None
        radio.centre.confirm(receipt(raw(alarm())))
        await hub.say(alarm())
        await hub.done()
        assert len(radio.published) == 1


async def test_an_alert_that_nobody_confirms_holds_up_no_other_alert_of_the_same_person(sqlite_store: Path) -> None:
    radio = Radio(answers=lambda payload: None if payload == raw(alarm("a1")) else receipt(payload))
    async with office(sqlite_store, others=centre_behind(radio), found=ROUTED) as hub:
        await hub.say(alarm("a1"))
        await hub.until(lambda: radio.published)
        second = await hub.say(alarm("a2", at="2026-11-23T10:30:00+01:00"))

        async def is_confirmed() -> bool:
            row = (await hub.deliveries("response_centre"))[second.case_id or ""]
            return bool(row.state == "settled")

        await hub.until(is_confirmed)


async def test_a_hub_that_ends_as_a_receipt_comes_ends(sqlite_store: Path) -> None:
    """It must not wait for a delivery that waits for a store in which nobody writes any more."""
    radio = Radio(answers=lambda _payload: None)
    async with asyncio.timeout(20):
        async with office(sqlite_store, others=centre_behind(radio), found=ROUTED) as hub:
            await hub.say(alarm())
            await hub.until(lambda: radio.published)
            assert radio.centre is not None
            radio.centre.confirm(receipt(radio.published[0][1]))
