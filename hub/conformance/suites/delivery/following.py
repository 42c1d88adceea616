"""JFT registers first and journals later: what became of an event is asked for with $status."""

from __future__ import annotations

from hub.conformance.bench.connector import Connected, ConnectorBench
from hub.conformance.national.heard import Heard, now
from hub.conformance.plan import Group
from hub.conformance.suites.delivery._arriving import expect_delivered
from hub.conformance.verdicts import Skipped, both, expect
from hub.store.submissions import correct, mark_acknowledged

GROUP = Group("delivery", "following", both("Oppfølging i JFT", "Following up in JFT"), ("connector",), 20)
_WAYS = ("jft",)
_ASKED_WITHIN_S = 25.0
_WATCH_S = 11.0


@GROUP.test("asked", "HTTP-17", both("$status blir hentet", "$status is asked for"), ways=_WAYS)
async def asked(bench: ConnectorBench) -> None:
    """The system asks for the status of what it has registered, and reports it as journaled."""
    async with bench.connected() as it:
        await _registered(it, bench)
        await _acknowledge(it)
        expect(
            await _asks(it),
            expected=both("$status blir hentet for hendelsen", "$status is asked for the event"),
            seen=both(f"ingen spørring på {_ASKED_WITHIN_S:g} s", f"no question in {_ASKED_WITHIN_S:g} s"),
        )
        await _expect_told(it, "journaled")


@GROUP.test("journaled-no-more", "HTTP-18", both("$status etter journalføring", "$status after journaling"), ways=_WAYS)
async def journaled_no_more(bench: ConnectorBench) -> None:
    """Once it has heard that the event is journaled, the system asks no more."""
    async with bench.connected() as it:
        await _registered(it, bench)
        await _acknowledge(it)
        before = await _must_ask(it)
        again = await it.lane.heard.until(lambda heard: _answered(heard) > before, within_s=_WATCH_S)
        expect(
            not again,
            expected=both("ingen flere spørringer om hendelsen", "no more questions about the event"),
            seen=both("spurt på nytt etter journalføring", "asked again after it was journaled"),
        )


@GROUP.test("failed", "HTTP-19", both("JFT melder at det feilet", "JFT says that it failed"), ways=_WAYS)
async def failed(bench: ConnectorBench) -> None:
    """Whoever runs the system learns that the event was not journaled."""
    async with bench.connected() as it:
        await _registered(it, bench)
        outcome = it.lane.heard.registered()[0].outcome
        async with it.lane.engines.writing() as connection:
            await correct(connection, (str(outcome.case_id), int(outcome.number or 0)), content=None, failed_at=now())
        await _must_ask(it)
        await _expect_told(it, "failed")


async def _registered(it: Connected, bench: ConnectorBench) -> None:
    await it.system.tell(bench.alarm())
    await expect_delivered(it, 1)


async def _acknowledge(it: Connected) -> None:
    """Say that the event is journaled, as the municipality's EPJ would."""
    outcome = it.lane.heard.registered()[0].outcome
    async with it.lane.engines.writing() as connection:
        await mark_acknowledged(connection, (str(outcome.case_id), int(outcome.number or 0)), at=now())


async def _asks(it: Connected) -> int:
    return await it.lane.heard.until(_answered, within_s=_ASKED_WITHIN_S)


async def _must_ask(it: Connected) -> int:
    number = await _asks(it)
    if not number:
        raise Skipped(both("systemet hentet ikke $status i tide", "the system didn't ask for $status in time"))
    return number


async def _expect_told(it: Connected, fate: str) -> None:
    reports = await it.system.reports()
    for _ in range(40):
        if all(report.fate == fate for report in reports):
            break
        await it.lane.heard.until(lambda _heard: False, within_s=0.05)
        reports = await it.system.reports()
    fates = ", ".join(sorted({report.fate for report in reports})) or "-"
    expect(
        reports and all(report.fate == fate for report in reports),
        expected=both(f"systemet melder hendelsen som {fate}", f"the system reports the event as {fate}"),
        seen=both(f"den meldes som {fates}", f"it is reported as {fates}"),
    )


def _answered(heard: Heard) -> int:
    return sum(request.status == 200 for request in heard.of_kind("status"))
