"""The response centre: a queue by severity, operators on shifts, talk, call-out, escalation, and notes.

Pure and repeatable: alerts of a municipality and date go in, follow-ups with the time of each step come out.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from devices_sim.centre_texts import Wording, wording
from devices_sim.happening import Alert, Supervision
from devices_sim.localday import HOUR
from devices_sim.randomness import Stream, mixed

if TYPE_CHECKING:
    from devices_sim.happening import Happening
    from devices_sim.localday import LocalDay
    from devices_sim.rates import RateValues

#: An alert that nobody has taken after so many seconds goes to the home service's own watch.
PASSED_ON_AFTER_S = 600


class Step(NamedTuple):
    """A handling step: code of composition-event, times in seconds since 1970, in words where written."""

    code: str
    start: int
    end: int | None = None
    text: str | None = None


class Talk(NamedTuple):
    """Two-way speech or a look-in during the handling."""

    supervision: Supervision
    start: int
    end: int


class FollowUp(NamedTuple):
    """What the centre says of an alert at `said_at`. `version` 2 is the same document, said again with more."""

    about: Happening
    alert: Alert
    operator: int
    version: int
    said_at: int
    steps: tuple[Step, ...]
    sections: tuple[tuple[str, str], ...]
    talk: Talk | None
    salt: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """Operators on duty by shift, at least one."""

    night: int
    day: int
    evening: int

    @property
    def by_hour(self) -> tuple[int, ...]:
        """How many work in each local hour of the day."""
        return (self.night,) * 7 + (self.day,) * 8 + (self.evening,) * 8 + (self.night,)


def staffing(alerts_per_day: float, rates: RateValues, *, share: float = 1.0) -> Staffing:
    """Enough operators for a usual day; `share` below 1 sends some of them home."""
    hourly = alerts_per_day / 24 / rates["response_centre.alerts_per_operator_hour"] * share
    night, day, evening = (max(1, round(hourly * peak + 0.3 * share)) for peak in (1.0, 2.2, 1.9))
    return Staffing(night, day, evening)


class Taken(NamedTuple):
    """An alert, who took it and when. `passed_on` is whether it went to the home service's own watch."""

    about: Happening
    alert: Alert
    operator: int
    at: int
    passed_on: bool = False


def follow_ups(
    alerts: Iterable[Happening], *, date: LocalDay, staff: Staffing, rates: RateValues
) -> Iterator[FollowUp]:
    """Everything that the centre says of a date's alerts, in the order in which they were taken."""
    arrivals = sorted((a for a in alerts if isinstance(a.what, Alert)), key=lambda a: (a.sent_at, a.salt))
    for taken in queue(arrivals, date=date, staff=staff):
        yield from handled(taken, rates)


def queue(arrivals: Sequence[Happening], *, date: LocalDay, staff: Staffing) -> Iterator[Taken]:
    """Who takes which alert when: the most severe first, then the oldest; on what waits too long, another."""
    by_hour = staff.by_hour
    # Operators by when they can next take a call: free, and on a shift that has room for that many.
    free = [(_available(number, date.start, date, by_hour), number) for number in range(max(by_hour))]
    heapq.heapify(free)
    waiting: list[tuple[int, int, int, Happening]] = []
    position, count = 0, len(arrivals)
    while position < count or waiting:
        now, operator = heapq.heappop(free)
        if not waiting:
            arrived = arrivals[position].sent_at
            if arrived > now:
                now = _available(operator, arrived, date, by_hour)
                heapq.heappush(free, (now, operator))
                now, operator = heapq.heappop(free)
        while position < count and arrivals[position].sent_at <= now:
            arrival = arrivals[position]
            severity = arrival.what.severity if isinstance(arrival.what, Alert) else 0
            heapq.heappush(waiting, (-severity, arrival.at, position, arrival))
            position += 1
        if not waiting:
            heapq.heappush(free, (now, operator))
            continue
        taken, busy = _take(heapq.heappop(waiting)[3], operator, now)
        yield taken
        heapq.heappush(free, (_available(operator, now + busy, date, by_hour), operator))


def _available(operator: int, at: int, date: LocalDay, by_hour: Sequence[int]) -> int:
    hour = (at - date.start) // HOUR
    if operator < by_hour[hour % 24]:
        return at
    following = next(h for h in range(hour + 1, hour + 25) if operator < by_hour[h % 24])
    return date.start + following * HOUR


def _take(about: Happening, operator: int, now: int) -> tuple[Taken, int]:
    stream = Stream(mixed(about.salt, 1))
    arrived = about.sent_at
    assert isinstance(about.what, Alert)
    if now - arrived > PASSED_ON_AFTER_S:
        at = arrived + PASSED_ON_AFTER_S + stream.between(20, 240)
        return Taken(about, about.what, 90 + stream.below(5), at, passed_on=True), 0
    return Taken(about, about.what, operator + 1, now + stream.between(8, 45)), stream.between(60, 300)


def handled(taken: Taken, rates: RateValues) -> Iterator[FollowUp]:
    """One document when a talk settles it; two versions of one when somebody has to go there."""
    stream = Stream(mixed(taken.about.salt, 2))
    words = wording(taken.alert.cause)
    chance = rates["response_centre.call_out"] if words.call_out is None else words.call_out
    call_out = stream.chance(min(1.0, chance * rates["response_centre.call_out"] / 0.18))
    steps = [Step("0", taken.about.at), Step("1", taken.at)]
    if taken.passed_on:
        steps.append(Step("10", taken.at, None, "Overført til hjemmetjenestens vakttelefon"))
    talk = None if words.harmless else _talk(taken, stream)
    if talk is not None:
        steps.append(Step("8", talk.start, talk.end))
    done = (talk.end if talk else taken.at) + stream.between(10, 60)
    if call_out:
        yield from _visited(taken, words, stream, steps=steps, talk=talk, at=done)
    else:
        yield _settled(taken, words, stream, steps=steps, talk=talk, at=done)


def _talk(taken: Taken, stream: Stream) -> Talk:
    start = taken.at + stream.between(5, 30)
    end = start + stream.between(30, 240)
    camera = taken.alert.code in {"4.25", "4.26", "4.2", "4.3"} and stream.chance(0.4)
    mode = stream.pick(("0", "1", "3", "4")) if camera else "2"
    return Talk(Supervision(mode, "2", end - start), start, end)


def _settled(
    taken: Taken, words: Wording, stream: Stream, *, steps: list[Step], talk: Talk | None, at: int
) -> FollowUp:
    steps += [Step("6", at, None, words.cause), Step("7", at, None, words.action), Step("3", at)]
    sections = [("1.2", words.event), ("1.1", words.talked)]
    if stream.chance(0.1):
        sections.append(("1.3", "Hjemmetjenesten er orientert i vaktrapporten."))
    return _said(taken, 1, at + stream.between(5, 60), steps, tuple(sections), talk)


def _visited(
    taken: Taken, words: Wording, stream: Stream, *, steps: list[Step], talk: Talk | None, at: int
) -> Iterator[FollowUp]:
    steps += [Step("6", at, None, words.cause), Step("3", at), Step("4", at + 30)]
    event = ("1.2", words.event)
    sent = ("1.1", "Hjemmetjenesten er varslet og på vei.")
    yield _said(taken, 1, at + stream.between(35, 90), steps, (event, sent), talk)
    arrived = at + stream.between(420, 2_100)
    left = arrived + stream.between(420, 1_800)
    if taken.alert.cause == "chest_pain":
        steps.append(Step("10", at + 20, None, "113 varslet"))
    steps += [Step("5", arrived), Step("7", left, None, words.action), Step("9", left, None, words.action)]
    ordered = sorted(steps, key=lambda step: step.start)
    yield _said(taken, 2, left + stream.between(30, 240), ordered, (event, ("1.1", words.visited)), talk)


def _said(
    taken: Taken,
    version: int,
    said_at: int,
    steps: Sequence[Step],
    sections: tuple[tuple[str, str], ...],
    talk: Talk | None,
) -> FollowUp:
    salt = mixed(taken.about.salt, 3)
    return FollowUp(taken.about, taken.alert, taken.operator, version, said_at, tuple(steps), sections, talk, salt)
