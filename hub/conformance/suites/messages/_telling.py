"""What tests of messages tell a system again and again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors import (
    Acknowledged,
    AlertCode,
    AlertRaised,
    CalledOut,
    CallOutAccepted,
    Closed,
    DispenseGiven,
    DispenseMissed,
    Event,
    MeasurementTaken,
    SafetyAlarmRaised,
    SupervisionDone,
    TakenUp,
    Talked,
    blood_pressure,
    pulse,
    temperature,
)
from connectors.testing.driving import EventReport, Way
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.driving.system import NotTaken, Session
from hub.conformance.verdicts import Failed, Omitted, both

Plain = SafetyAlarmRaised | DispenseMissed | DispenseGiven | MeasurementTaken | SupervisionDone
_PLAIN: tuple[type[Plain], ...] = (
    SafetyAlarmRaised,
    DispenseMissed,
    DispenseGiven,
    MeasurementTaken,
    SupervisionDone,
)
WAYS: tuple[Way, ...] = ("mqtt", "vkp", "jft")


async def tell(system: Session, *events: Event, within_s: float = 20.0) -> Sequence[EventReport]:
    """Let the system tell `events`, and wait until it says that they are settled."""
    try:
        await system.tell(*events)
    except NotTaken as refusal:
        raise Failed(
            both(f"systemet tar dem ikke imot: {refusal}", f"the system does not take them: {refusal}"),
            expected=both("hendelser som kan meldes", "events that can be told"),
        ) from refusal
    return await system.settled(within_s=within_s)


def another_way(bench: ConnectorBench) -> Way:
    """A way that is not the test's own. Omitted when the system has only one."""
    for way in bench.system.card.ways:
        if way != bench.way:
            return way
    raise Omitted(both("systemet har bare én vei til knutepunktet", "the system has but one way to the hub"))


def the_handling(alarm: AlertRaised, *, note: str = "Hadde falt på kjøkkenet. Uskadd.") -> tuple[Event, ...]:
    """All that is done about `alarm`, from a look at it to the closing with `note`, some seconds apart."""
    at, by = alarm.at, "op-3"
    return (
        TakenUp(alert=alarm, at=at + timedelta(seconds=1), by=by),
        Acknowledged(alert=alarm, at=at + timedelta(seconds=2), by=by),
        Talked(alert=alarm, at=at + timedelta(seconds=2), until=at + timedelta(seconds=3), by=by),
        CalledOut(alert=alarm, at=at + timedelta(seconds=3), by=by, to="Hjemmetjenesten sone 2"),
        CallOutAccepted(alert=alarm, at=at + timedelta(seconds=4), by="hj-7"),
        Closed(alert=alarm, at=at + timedelta(seconds=5), by=by, note=note, cause="Fall", action="Hjulpet opp"),
    )


def closed(alarm: AlertRaised, note: str, **more: Any) -> Closed:
    """`alarm` closed with `note`, by a user of the system."""
    told: dict[str, Any] = {"alert": alarm, "at": alarm.at + timedelta(seconds=5), "by": "op-3", "note": note}
    return Closed(**(told | more))


def dose(bench: ConnectorBench, **more: Any) -> DispenseGiven:
    """A dose that a new person has taken."""
    told: dict[str, Any] = {"device": "MD-1", "number": bench.number(), "at": bench.now()}
    if "patient" not in more:
        told["patient"] = bench.patient()
    return DispenseGiven(**(told | more))


def supervision(bench: ConnectorBench, **more: Any) -> SupervisionDone:
    """A look-in on a new person."""
    at: datetime = more.pop("at", bench.now())
    told: dict[str, Any] = {
        "device": "DT-1",
        "number": bench.number(),
        "at": at - timedelta(minutes=2),
        "until": at,
        "by": "op-3",
    }
    if "patient" not in more:
        told["patient"] = bench.patient()
    return SupervisionDone(**(told | more))


def one_of_each(bench: ConnectorBench, *, of: Collection[str] = ()) -> tuple[Event, ...]:
    """One event of each word that the system can tell (of `of`, where they are given), each of a new person.

    Handling comes with its alarm. Omitted when the system can tell none of them.
    """
    alarm = bench.alarm(at=bench.now() - timedelta(seconds=10), device_name="Trygghetsalarm i gangen", text="Knapp")
    told: tuple[Event, ...] = (
        alarm,
        *the_handling(alarm),
        DispenseMissed(patient=bench.patient(), device="MD-1", number=bench.number(), at=bench.now()),
        AlertRaised(patient=bench.patient(), device="DT-1", number=bench.number(), at=bench.now(), code=AlertCode.FALL),
        dose(bench),
        supervision(bench),
        supervision(bench, note="Alt vel."),
        MeasurementTaken(
            patient=bench.patient(),
            device="DHO-1",
            number=bench.number(),
            at=bench.now(),
            measurements=(blood_pressure(142, 83), temperature(Decimal("36.50"))),
            note="Målt sittende.",
        ),
        MeasurementTaken(
            patient=bench.patient(),
            device="DHO-2",
            number=bench.number(),
            at=bench.now(),
            measurements=(temperature(37),),
        ),
    )
    can = set(bench.system.card.words)
    found = tuple(e for e in told if (not can or type(e).__name__ in can) and (not of or type(e).__name__ in of))
    if not found:
        raise Omitted(both("systemet melder ingen av hendelsene", "the system tells none of the events"))
    return found


def an_event(bench: ConnectorBench, **more: Any) -> Plain:
    """An event of a new person, of a word that the system can tell: an alarm if it can; `more` overrides its parts."""
    can = bench.system.card.words
    kind = next((kind for kind in _PLAIN if not can or kind.__name__ in can), None)
    if kind is None:
        raise Omitted(both("systemet melder ingen av hendelsene", "the system tells none of the events"))
    if kind is SafetyAlarmRaised:
        return bench.alarm(**more)
    told: dict[str, Any] = {"device": "U-17", "at": bench.now()} | more
    told["patient"] = more["patient"] if "patient" in more else bench.patient()
    told["number"] = more["number"] if "number" in more else bench.number()
    if kind is SupervisionDone:
        told["until"] = told["at"]
    if kind is MeasurementTaken:
        told["measurements"] = (pulse(72),)
    return kind(**told)


def retimed(event: Plain, at: datetime) -> Plain:
    """`event` at another time."""
    return replace(event, at=at, until=at) if isinstance(event, SupervisionDone) else replace(event, at=at)


def otherwise(event: Plain, number: int) -> Plain:
    """`event` with something else in it, but the same number."""
    match event:
        case DispenseGiven():
            return replace(event, medication=f"Multidose {number}")
        case SupervisionDone():
            return replace(event, until=event.at + timedelta(seconds=number))
        case MeasurementTaken():
            return replace(event, measurements=(pulse(80 + number),))
        case _:
            return replace(event, text=f"Knapp på rom {number}")


def in_line(bench: ConnectorBench, number: int) -> list[Plain]:
    """So many events of one person, a minute apart, the oldest first."""
    who, now = bench.patient(), bench.now()
    return [an_event(bench, patient=who, at=now - timedelta(minutes=number - place)) for place in range(number)]
