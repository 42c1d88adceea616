"""The response centre: a queue by severity, operators on shifts, talk, call-out, escalation, and notes."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from devices_sim.centre_texts import Wording, wording
from devices_sim.happening import Alert, Supervision
from devices_sim.localday import HOUR, local_text
from devices_sim.randomness import Stream, mixed

if TYPE_CHECKING:
    from devices_sim.happening import Happening
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


class Desk:
    """One response centre at work: the most severe alert first, then the oldest, to the operators who are free.

    Alerts come by `hears` in order of time; `takes` says who takes what by a time, and when to ask again.
    """

    def __init__(self, staff: Staffing) -> None:
        self._by_hour = staff.by_hour
        self._free = [0] * max(self._by_hour)
        self._waiting: list[tuple[int, int, int, Happening]] = []
        self._number = 0

    def hears(self, about: Happening, at: int) -> None:
        """An alert reaches the centre `at` seconds since 1970."""
        assert isinstance(about.what, Alert)
        self._number += 1
        heapq.heappush(self._waiting, (-about.what.severity, at, self._number, about))

    def takes(self, now: int) -> tuple[list[Taken], int | None]:
        """Who takes what at `now`, and when somebody will be free for what still waits (None: nothing waits)."""
        taken = [_passed_on(about, arrived) for about, arrived in self._given_up(now)]
        duty = self._by_hour[int(local_text(now)[11:13])]
        while self._waiting:
            earliest = min(self._free[:duty])
            if earliest > now:
                return taken, self._next_chance(now, duty)
            free = self._free.index(earliest)
            found, busy = _taken(heapq.heappop(self._waiting)[3], free, now)
            self._free[free] = found.at + busy
            taken.append(found)
        return taken, None

    def _given_up(self, now: int) -> list[tuple[Happening, int]]:
        """Alerts that have waited too long; they wait no more."""
        if not any(now - arrived >= PASSED_ON_AFTER_S for _, arrived, _, _ in self._waiting):
            return []
        late = sorted(entry for entry in self._waiting if now - entry[1] >= PASSED_ON_AFTER_S)
        self._waiting = [entry for entry in self._waiting if now - entry[1] < PASSED_ON_AFTER_S]
        heapq.heapify(self._waiting)
        return [(about, arrived) for _, arrived, _, about in late]

    def _next_chance(self, now: int, duty: int) -> int:
        """When an operator is free, the shift may change, or an alert has waited too long: the first of these."""
        next_hour = now - now % HOUR + HOUR
        too_long = min(arrived for _, arrived, _, _ in self._waiting) + PASSED_ON_AFTER_S
        return min(next_hour, too_long, *self._free[:duty])


def _passed_on(about: Happening, arrived: int) -> Taken:
    stream = Stream(mixed(about.salt, 1))
    assert isinstance(about.what, Alert)
    at = arrived + PASSED_ON_AFTER_S + stream.between(20, 240)
    return Taken(about, about.what, 90 + stream.below(5), at, passed_on=True)


def _taken(about: Happening, operator: int, now: int) -> tuple[Taken, int]:
    stream = Stream(mixed(about.salt, 1))
    assert isinstance(about.what, Alert)
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
