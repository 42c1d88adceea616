"""What the centre says about an alert becomes part of the alert's case, and of no other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from connectors import Acknowledged, CalledOut, Closed, Event, Retracted, SafetyAlarmRaised
from connectors.forwarded import ForwardedAlert
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.plan import Group
from hub.conformance.reading import identifiers, note_of, of_type, registered, statuses, walk
from hub.conformance.suites.centre._attending import PLANS, Attending, attending
from hub.conformance.verdicts import both, expect
from hub.ingest.parts import Resource
from hub.store import schema

GROUP = Group("centre", "handling", both("Håndtering av varsler", "Handling of alerts"), PLANS, place=40)
_NOTE = "Øyvind på Kårvåg sa: «Eg fekk kje puste!» Hjemmetjenesten var der. 38.50 °C; čáhci, đ & ŋ < 3"
_BY = "op-3"


@GROUP.test("one-case", "RC-40", both("Varselet og håndteringen er én sak", "The alert and its handling are one case"))
async def one_case(bench: ConnectorBench) -> None:
    """Acknowledged, called out and closed: each refers to the alert as it came from the hub."""
    bench.needs_words(Acknowledged, CalledOut, Closed)
    async with attending(bench) as it:
        alarm = bench.alarm()
        alert = await _raised(it, alarm)
        await _handle(it, alarm, alert)
        _expect_cases(it, 1)
        _expect_referred(it, alert)


@GROUP.test("own-case", "RC-40", both("To varsler holdes fra hverandre", "Two alerts are kept apart"))
async def own_case(bench: ConnectorBench) -> None:
    """Two people press within a second, and both are handled: two cases, each with one patient."""
    bench.needs_words(Acknowledged, CalledOut, Closed)
    async with attending(bench) as it:
        alarms = [bench.alarm(), bench.alarm()]
        alerts = [await _raised(it, alarm) for alarm in alarms]
        for alarm, alert in zip(alarms, alerts, strict=True):
            await _handle(it, alarm, alert)
        _expect_cases(it, 2)


@GROUP.test(
    "acknowledged",
    "RC-41",
    both("Kvittering i tide stanser varsling videre", "Acknowledgement in time stops the escalation"),
)
async def acknowledged(bench: ConnectorBench) -> None:
    """The hub sees that somebody has taken the responsibility, and doesn't tell operations that nobody has."""
    bench.needs_words(Acknowledged)
    async with attending(bench) as it:
        alarm = bench.alarm()
        alert = await _raised(it, alarm)
        await _tell(it, Acknowledged(alert=alert, at=alarm.at + timedelta(seconds=1), by=_BY))
        waiting = await _unanswered(it)
        expect(
            waiting == 0,
            expected=both("saken regnes som fulgt opp", "the case counts as followed up"),
            seen=both("den venter ennå på kvittering", "it still waits for an acknowledgement"),
        )


@GROUP.test("text", "RC-42", both("Notatet er helt, med alle bokstaver", "The note is whole, with all its letters"))
async def text(bench: ConnectorBench) -> None:
    """What the operator wrote is what the nurse reads."""
    bench.needs_words(Closed)
    async with attending(bench) as it:
        alarm = bench.alarm()
        alert = await _raised(it, alarm)
        await _tell(it, Closed(alert=alert, at=alarm.at + timedelta(minutes=1), by=_BY, note=_NOTE))
        expect(
            any(_NOTE in note_of(message) for message in registered(it.lane)),
            expected=both("notatet som det ble skrevet", "the note as it was written"),
            seen=both("et annet notat, eller ikke noe", "another note, or none"),
        )


@GROUP.test("retracted", "RC-43", both("Håndtering kan trekkes tilbake", "Handling can be retracted"))
async def retracted(bench: ConnectorBench) -> None:
    """A note on the wrong alert is marked as an error; the alert itself stands."""
    bench.needs_words(Closed, Retracted)
    async with attending(bench) as it:
        alarm = bench.alarm()
        alert = await _raised(it, alarm)
        closed = Closed(alert=alert, at=alarm.at + timedelta(minutes=1), by=_BY, note="På feil varsel.")
        await _tell(it, closed)
        await _tell(it, Retracted(event=closed, at=alarm.at + timedelta(minutes=2)))
        said = registered(it.lane)[-1]
        expect(
            statuses(said, "Composition") == {"entered-in-error"}
            and "entered-in-error" not in statuses(said, "DetectedIssue"),
            expected=both(
                "notatet er merket som feilført, og varselet ikke",
                "the note is marked as an error, and the alert is not",
            ),
            seen=both("noe annet", "something else"),
        )
        _expect_cases(it, 1)


async def _raised(it: Attending, alarm: SafetyAlarmRaised) -> ForwardedAlert:
    """The alarm as the centre has it, once it has come by way of the hub."""
    payload = await it.raise_alarm(alarm)
    await it.expect_confirmed(payload)
    return ForwardedAlert.read(payload)


async def _handle(it: Attending, alarm: SafetyAlarmRaised, alert: ForwardedAlert) -> None:
    at = alarm.at
    await _tell(
        it,
        Acknowledged(alert=alert, at=at + timedelta(seconds=1), by=_BY),
        CalledOut(alert=alert, at=at + timedelta(seconds=2), by=_BY, to="Hjemmetjenesten sone 2"),
        Closed(alert=alert, at=at + timedelta(seconds=3), by=_BY, note="Hjulpet opp. Uskadd."),
    )


async def _tell(it: Attending, *words: Event) -> None:
    """Let the centre say it, and wait until the hub has it all."""
    number = len(it.lane.heard.taken) + len(words)
    await it.system.tell(*words)
    await it.lane.heard.until(lambda heard: len(heard.taken) >= number, within_s=10)
    expect(
        len(it.lane.heard.taken) >= number,
        expected=both("det som ble sagt om varselet, kommer fram", "what was said about the alert arrives"),
        seen=both(
            f"{len(it.lane.heard.taken)} av {number} meldinger", f"{len(it.lane.heard.taken)} of {number} messages"
        ),
    )


def _expect_referred(it: Attending, alert: ForwardedAlert) -> None:
    """Every message names the alert: likeness (patient, device, time), which may tie them here, does not elsewhere."""
    said = [message for message in registered(it.lane) if of_type(message, "Composition")]
    strangers = sum(not _names(message, alert) for message in said)
    expect(
        strangers == 0,
        expected=both("varselets egen identifikator i hver melding", "the alert's own identifier in each message"),
        seen=both(f"{strangers} av {len(said)} meldinger uten", f"{strangers} of {len(said)} messages without"),
    )


def _names(message: Resource, alert: ForwardedAlert) -> bool:
    inside = [value for _, _, value in walk(message)]
    named = {pair for value in inside if isinstance(value, dict) for pair in identifiers(value)}
    return bool(named & identifiers(alert.issue)) or (alert.own_url is not None and alert.own_url in inside)


def _expect_cases(it: Attending, number: int) -> None:
    found = len(it.lane.heard.cases())
    codes = [code.value for code in it.lane.heard.codes() if code in ("conflict", "rejected")]
    expect(
        found == number and not codes,
        expected=both(f"{number} sak(er)", f"{number} case(s)"),
        seen=both(f"{found} saker {' '.join(codes)}", f"{found} cases {' '.join(codes)}"),
    )


async def _unanswered(it: Attending) -> int:
    """How many cases wait for an acknowledgement."""
    cases = schema.cases
    async with it.lane.engines.reading() as connection:
        rows: Sequence[object] = (
            await connection.execute(
                select(cases.c.id).where(cases.c.acknowledge_by.is_not(None), cases.c.followed_up_at.is_(None))
            )
        ).all()
    return len(rows)
