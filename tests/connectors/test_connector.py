from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import orjson
import pytest

from connectors import (
    Connector,
    DispenseGiven,
    Fate,
    Journaling,
    MemoryTransport,
    Outgoing,
    Receipt,
    Report,
    SafetyAlarmRaised,
    patient,
)
from connectors.testing import VirtualClock
from hub.model.codes import ReceiptCode
from hub.model.errors import AccessDenied, OutcomeUnknown, Refused, Unreachable
from tests.connectors.people import ANNA, BERIT

AT = datetime(2025, 3, 3, 7, 30, tzinfo=UTC)


def dose(number: int, who: str = ANNA) -> DispenseGiven:
    return DispenseGiven(patient=patient(who), device="MD-1", at=AT + timedelta(minutes=number), number=str(number))


@asynccontextmanager
async def connector(
    transport: MemoryTransport, clock: VirtualClock | None = None, spool: Path | None = None
) -> AsyncIterator[Connector]:
    async with Connector(
        transport,
        municipality="314159265",
        sender="Acme_Alarm_Testvik",
        timer=clock,
        random=Random(1),
        spool=spool,
    ) as c:
        yield c


def numbers(hub: MemoryTransport) -> list[str]:
    return [orjson.loads(m.payload)["whenHandedOver"][14:16] for m in hub.received]


async def test_what_is_told_is_delivered_and_answered() -> None:
    hub = MemoryTransport()
    async with connector(hub) as c:
        told = await c.tell(SafetyAlarmRaised(patient=patient(ANNA), device="TA-1", number="A-1", at=AT))
        report = await told.answered()
    assert (report.fate, report.receipt, report.attempts) == (Fate.TAKEN, "accepted", 1)
    assert [(m.resource_type, m.device) for m in hub.received] == [("DetectedIssue", "TA-1")]


async def test_the_same_event_told_again_is_sent_once() -> None:
    hub = MemoryTransport()
    async with connector(hub) as c:
        first, second = await c.tell(dose(1)), await c.tell(dose(1))
        assert first.number == second.number
        await second.answered()
        assert (await c.tell(dose(1))).number == first.number
    assert hub.sends == 1


async def test_a_failed_delivery_is_tried_again_with_growing_pauses_until_it_succeeds() -> None:
    hub, clock = MemoryTransport(), VirtualClock()
    hub.fail_next(*(Unreachable("down") for _ in range(6)))
    start = clock.now()
    async with connector(hub, clock) as c:
        told = await c.tell(dose(1))
        report = await clock.pass_until(told.answered())
    assert report.attempts == 7
    assert timedelta(seconds=0.5 * 63) <= clock.now() - start <= timedelta(seconds=63)


async def test_a_patients_later_event_never_overtakes_an_earlier_one_and_others_go_on() -> None:
    hub, clock = MemoryTransport(), VirtualClock()
    hub.fail_next(Unreachable("down"))
    async with connector(hub, clock) as c:
        first, *others = await c.tell_all([dose(1), dose(2), dose(3), dose(4, BERIT)])
        await others[-1].answered()
        assert numbers(hub) == ["34"]
        await clock.pass_until(others[1].answered())
        assert (await first.answered()).attempts == 2
    assert numbers(hub) == ["34", "31", "32", "33"]


@pytest.mark.parametrize("refusal", [Refused("HTTP 422"), AccessDenied("HTTP 403")], ids=["content", "access"])
async def test_after_a_permanent_refusal_nothing_is_sent_again_and_the_next_goes_on(
    refusal: Refused | AccessDenied, tmp_path: Path
) -> None:
    hub = MemoryTransport()
    hub.fail_next(refusal)
    async with connector(hub, spool=tmp_path / "s.db") as c:
        refused, after = await c.tell_all([dose(1), dose(2)])
        assert (await refused.finished()).fate is Fate.REFUSED
        assert (await after.answered()).fate is Fate.TAKEN
    async with connector(hub, spool=tmp_path / "s.db") as c:
        assert (await (await c.tell(dose(1))).finished()).fate is Fate.REFUSED
        assert [r.number for r in await c.refused()] == [refused.number]
    assert hub.sends == 2


async def test_a_person_may_send_a_refused_event_again_or_let_it_go() -> None:
    hub = MemoryTransport()
    hub.fail_next(AccessDenied("HTTP 403"), AccessDenied("HTTP 403"))
    async with connector(hub) as c:
        first, second = await c.tell_all([dose(1), dose(2, BERIT)])
        assert [(await t.finished()).fate for t in (first, second)] == [Fate.REFUSED] * 2
        await c.send_again(first.number)
        assert (await first.answered()).fate is Fate.TAKEN
        await c.let_go(second.number)
        assert (await second.finished()).fate is Fate.LET_GO
        assert await c.refused() == []
        for wrong in (first.number, second.number, 99):
            with pytest.raises(KeyError):
                await c.send_again(wrong)
            with pytest.raises(KeyError):
                await c.let_go(wrong)
    assert hub.sends == 3


async def test_a_connector_that_runs_for_long_forgets_what_was_finished_a_month_ago() -> None:
    clock = VirtualClock()
    async with connector(MemoryTransport(), clock) as c:
        old = await c.tell(dose(1))
        await old.answered()
        await clock.advance(timedelta(days=31).total_seconds())
        new = await c.tell(dose(2))
        assert (await c.report(new.number)).number == new.number
        with pytest.raises(KeyError):
            await c.report(old.number)


async def test_a_rejected_receipt_is_a_permanent_refusal_that_says_which_rule() -> None:
    hub = MemoryTransport()
    async with connector(hub) as c:
        told = await c.send({"resourceType": "Patient"}, device="d")
        report = await told.answered()
    assert (report.fate, report.receipt) == (Fate.REFUSED, "rejected")


async def test_retry_after_holds_everything_back_for_as_long_as_asked() -> None:
    hub, clock = MemoryTransport(), VirtualClock()
    hub.fail_next(Unreachable("HTTP 429", retry_after=120))
    async with connector(hub, clock) as c:
        told = await c.tell(dose(1))
        async for report in c.reports():
            assert report.fate is Fate.WAITING
            break
        other = await c.tell(dose(2, BERIT))
        await clock.advance(119)
        await asyncio.sleep(0.05)
        assert hub.sends == 1
        await clock.pass_until(asyncio.gather(told.answered(), other.answered()))
    assert hub.sends == 3


async def test_retry_after_holds_back_the_next_run_too(tmp_path: Path) -> None:
    hub, clock = MemoryTransport(), VirtualClock()
    hub.fail_next(Unreachable("HTTP 503", retry_after=120))
    async with connector(hub, clock, tmp_path / "s.db") as c:
        await c.tell(dose(1))
        async for _ in c.reports():
            break
    async with connector(hub, clock, tmp_path / "s.db") as c:
        other = await c.tell(dose(2, BERIT))
        await clock.advance(119)
        await asyncio.sleep(0.05)
        assert hub.sends == 1
        await clock.pass_until(other.answered())


async def test_what_a_wrong_clock_put_off_for_years_is_sent_within_the_hour(tmp_path: Path) -> None:
    hub, wrong, right = MemoryTransport(), VirtualClock(AT + timedelta(days=3650)), VirtualClock(AT)
    hub.fail_next(Unreachable("HTTP 503", retry_after=60))
    async with connector(hub, wrong, tmp_path / "s.db") as c:
        await c.tell(dose(1))
        async for _ in c.reports():
            break
    async with connector(hub, right, tmp_path / "s.db") as c, asyncio.timeout(5):
        await right.advance(3600)
        await c.drained()
    assert len(hub.received) == 1


async def test_retry_after_of_a_status_holds_everything_back() -> None:
    hub, clock = RegisteringTransport(), VirtualClock()
    hub.busy_s = 600
    async with connector(hub, clock) as c:
        await (await c.tell(dose(1))).answered()
        await clock.pass_until(hub.asked.wait())
        other = await c.tell(dose(2, BERIT))
        await clock.advance(590)
        await asyncio.sleep(0.05)
        assert (hub.sends, hub.questions) == (1, 1)
        await clock.pass_until(other.answered())
        assert hub.sends == 2


async def test_a_lost_answer_is_asked_for_again_and_registered_once() -> None:
    hub, clock = MemoryTransport(), VirtualClock()
    hub.fail_next_after_registering(OutcomeUnknown("no answer"))
    async with connector(hub, clock) as c:
        report = await clock.pass_until((await c.tell(dose(1))).answered())
    assert (report.receipt, len(hub.received)) == ("duplicate", 1)


async def test_a_failed_sign_in_is_tried_again_and_refuses_nothing() -> None:
    hub, clock = MemoryTransport(), VirtualClock()
    hub.fail_next(AccessDenied("token service", status=401))
    async with connector(hub, clock) as c:
        report = await clock.pass_until((await c.tell(dose(1))).answered())
    assert report.fate is Fate.TAKEN


async def test_what_one_run_could_not_deliver_the_next_one_does(tmp_path: Path) -> None:
    hub = MemoryTransport()
    hub.fail_next(Unreachable("down"))
    async with connector(hub, spool=tmp_path / "s.db") as c:
        told = await c.tell_all([dose(n) for n in range(5)])
        async for _ in c.reports():
            break
    clock = VirtualClock(datetime.now(UTC))
    async with connector(hub, clock, tmp_path / "s.db") as c:
        await clock.pass_until(c.drained())
        assert {(await c.report(t.number)).fate for t in told} == {Fate.TAKEN}
    assert numbers(hub) == ["30", "31", "32", "33", "34"]


class RegisteringTransport(MemoryTransport):
    def __init__(self) -> None:
        super().__init__()
        self.asked, self.questions = asyncio.Event(), 0
        self.busy_s: float | None = None

    async def status(self, reference: str) -> Journaling:
        self.questions += 1
        self.asked.set()
        if self.busy_s is not None:
            raise Unreachable("HTTP 429", retry_after=self.busy_s)
        return await super().status(reference)

    async def send(self, message: Outgoing) -> Receipt:
        receipt = await super().send(message)
        return Receipt(receipt.code, receipt.sha256, reference="/status/1")


async def test_a_registered_message_is_followed_until_it_is_journaled(tmp_path: Path) -> None:
    hub, clock = RegisteringTransport(), VirtualClock()
    async with connector(hub, clock, tmp_path / "s.db") as c:
        told = await c.tell(dose(1))
        assert (await told.answered()).fate is Fate.REGISTERED
        await clock.advance(60)
    async with connector(hub, clock, tmp_path / "s.db") as c:
        seen: list[Report] = []

        async def listen() -> None:
            seen.extend([report async for report in c.reports()])

        listening = asyncio.create_task(listen())
        hub.journalings["/status/1"] = Journaling(registered=AT, journaled=AT)
        [again] = await c.tell_all([dose(1)])
        report = await clock.pass_until(again.finished())
        assert (report.fate, report.receipt) == (Fate.JOURNALED, "accepted")
    await listening
    assert [r.fate for r in seen] == [Fate.JOURNALED]


async def test_a_connector_that_was_closed_takes_nothing_and_says_so() -> None:
    hub, clock = MemoryTransport(), VirtualClock()
    hub.fail_next(Unreachable("down"))
    async with connector(hub, clock) as c:
        waiting = asyncio.create_task((await c.tell(dose(1))).answered())
        async for _ in c.reports():
            break
    with pytest.raises(Unreachable):
        await waiting
    with pytest.raises(Unreachable):
        await c.tell(dose(2))


async def test_a_time_without_zone_is_refused_where_it_is_told() -> None:
    async with connector(MemoryTransport()) as c:
        with pytest.raises(ValueError, match="zone"):
            await c.tell(DispenseGiven(patient=patient(ANNA), device="d", at=AT.replace(tzinfo=None)))


@pytest.mark.parametrize("raw", [b"[]", b"{}", b"x", b'{"resourceType":1}'])
async def test_what_is_no_resource_is_refused_where_it_is_sent(raw: bytes) -> None:
    async with connector(MemoryTransport()) as c:
        with pytest.raises(ValueError):
            await c.send(raw, device="d")


async def test_a_receipt_of_conflict_means_that_the_hub_has_it() -> None:
    assert Receipt(ReceiptCode.CONFLICT, "").is_settled
