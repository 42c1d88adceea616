"""What happens to messages on their way: drop, delay, duplicate, reorder, corrupt, replay, flood, outage.

A fault acts on one emission and gives what becomes of it, never earlier than it was; so faults compose. What is
lost is passed on with `lost` set, for the answer key: it is not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from devices_sim.answer_key import NOT_YET_THERE
from devices_sim.corruption import corrupted
from devices_sim.emission import Emission
from devices_sim.localday import HOUR, LocalDay, instant, utc_text
from devices_sim.randomness import Stream, mixed, seed_of, unit_of
from devices_sim.renumbering import renumbered
from devices_sim.scenario import FaultSettings
from hub.model.clock import OSLO

#: What becomes of an emission: itself, itself later, copies, or itself marked as lost. Never earlier than it was.
Act = Callable[[Emission], Iterable[Emission]]

_DAY = timedelta(days=1)
#: The broker publishes a last will so long after the connection was lost.
_WILL_AFTER = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a fault needs to know of the run: its seed and start, and organisation numbers by municipality number."""

    seed: int
    start: datetime
    organisation_numbers: Mapping[str, str]


def acts(faults: Sequence[FaultSettings], around: Circumstances) -> Act:
    """The faults one after the other, each acting on what the one before it let through."""
    every = [_act(fault, number, around) for number, fault in enumerate(faults) if fault.kind != "replay_yesterday"]

    def act(emission: Emission) -> Iterable[Emission]:
        passing: Iterable[Emission] = (emission,)
        for one in every:
            passing = [result for before in passing for result in one(before)]
        return passing

    return act


def reach(faults: Sequence[FaultSettings]) -> timedelta:
    """How late the faults together can make a message at the most."""
    return sum((_reach(fault) for fault in faults), timedelta())


def _reach(fault: FaultSettings) -> timedelta:
    match fault.kind:
        case "drop" | "corrupt" | "going_live":
            return timedelta()
        case "replay_yesterday":
            return _DAY
        case "outage":
            return _DAY + timedelta(seconds=fault.seconds)
        case _:
            return timedelta(seconds=fault.seconds)


def replayed(
    fault: FaultSettings, number: int, around: Circumstances, yesterday: Iterable[Emission]
) -> Iterator[Emission]:
    """Yesterday's events once more, byte for byte, a day late: those that the fault hits."""
    aim = _Aim(fault, number, around)
    for old in yesterday:
        late = old._replace(at=old.at + _DAY, repeats=old.repeats + 1)
        if late.kind == "event" and aim.draw(late) is not None:
            yield late


def _act(fault: FaultSettings, number: int, around: Circumstances) -> Act:
    aim = _Aim(fault, number, around)
    if fault.kind == "outage":
        return _Outage(aim).act
    act = _ACTS[fault.kind]
    return lambda emission: act(emission, aim)


class _Aim:
    """Which emissions a fault hits, and the random numbers that it draws for one: the same whenever the run began."""

    def __init__(self, fault: FaultSettings, number: int, around: Circumstances) -> None:
        self.fault = fault
        self._seed = seed_of(around.seed, "fault", number, fault.kind)
        known = around.organisation_numbers
        self._municipalities = {known.get(place, place) for place in fault.municipalities}
        self._first = LocalDay(around.start.astimezone(OSLO).date())
        self._begins, self._ends = _seconds(fault.begins), _seconds(fault.ends)

    def draw(self, emission: Emission) -> Stream | None:
        """Random numbers for an emission that is hit, None for one that is not."""
        if not self.is_meant(emission) or self.window(emission.at) is None:
            return None
        stream = Stream(mixed(self._seed, emission.salt + emission.repeats))
        return stream if self.fault.probability == 1 or stream.chance(self.fault.probability) else None

    def is_meant(self, emission: Emission) -> bool:
        """Whether the fault is aimed at such messages, at whatever time."""
        fault = self.fault
        return (
            not emission.lost
            and (not self._municipalities or emission.municipality in self._municipalities)
            and (not fault.devices or emission.device_type in fault.devices)
            and (not fault.districts or emission.district in fault.districts)
            and fault.hits_sender(emission.sender)
            and (fault.share == 1 or self.place(emission) < fault.share)
        )

    def place(self, emission: Emission) -> float:
        """The place of an emission's equipment in a row from 0 up to 1."""
        return unit_of(seed_of(self._seed, emission.device))

    def window(self, at: datetime) -> tuple[datetime, datetime] | None:
        """The time from the fault's beginning to its end in which `at` lies, if it lies in one."""
        date = at.astimezone(OSLO).date()
        for back in (0, 1):
            begins, ends = self._window_of(LocalDay(date - back * _DAY))
            if begins <= at < ends:
                return begins, ends
        return None

    def first_window(self) -> tuple[datetime, datetime]:
        """The fault's first window in the run."""
        return self._window_of(LocalDay(self._first.date + ((self.fault.day or 1) - 1) * _DAY))

    def _window_of(self, day: LocalDay) -> tuple[datetime, datetime]:
        """The window that begins on a date; empty on a date that the fault leaves alone."""
        begins = day.at(self._begins)
        ends = day.at(self._ends + (24 * HOUR if self._ends <= self._begins else 0))
        is_other = self.fault.day is not None and day.number - self._first.number + 1 != self.fault.day
        return instant(begins), instant(begins if is_other else ends)


def _seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * HOUR + int(minutes) * 60


def _drop(emission: Emission, aim: _Aim) -> Iterator[Emission]:
    yield emission if aim.draw(emission) is None else emission._replace(lost="drop")


def _delay(emission: Emission, aim: _Aim) -> Iterator[Emission]:
    stream = aim.draw(emission)
    yield emission if stream is None else _later(emission, stream.unit() * aim.fault.seconds)


def _reorder(emission: Emission, aim: _Aim) -> Iterator[Emission]:
    """Like a delay, but of every other message, so that neighbours change places."""
    stream = aim.draw(emission)
    is_held = stream is not None and stream.chance(0.5)
    yield _later(emission, stream.unit() * aim.fault.seconds) if stream is not None and is_held else emission


def _duplicate(emission: Emission, aim: _Aim) -> Iterator[Emission]:
    yield emission
    stream = aim.draw(emission)
    for copy in range(1, aim.fault.times + 1) if stream is not None and emission.kind == "event" else ():
        assert stream is not None
        yield _later(emission, stream.unit() * aim.fault.seconds)._replace(repeats=emission.repeats + copy)


def _renumber(emission: Emission, aim: _Aim) -> Iterator[Emission]:
    """The message again with other identifiers: to the receiver another message, in truth the same event."""
    yield emission
    stream = aim.draw(emission)
    if stream is not None and emission.kind == "event" and emission.door == "device" and not emission.fault:
        for _ in range(aim.fault.times):
            yield renumbered(_later(emission, stream.unit() * aim.fault.seconds), stream)


def _corrupt(emission: Emission, aim: _Aim) -> Iterator[Emission]:
    stream = aim.draw(emission)
    is_hit = stream is not None and emission.kind == "event" and not emission.fault
    yield corrupted(emission, stream.pick(aim.fault.how)) if stream is not None and is_hit else emission


def _flood(emission: Emission, aim: _Aim) -> Iterator[Emission]:
    """The same bytes again and again, evenly over `seconds`."""
    yield emission
    if emission.kind == "event" and aim.draw(emission) is not None:
        for copy in range(1, aim.fault.times + 1):
            later = _later(emission, aim.fault.seconds * copy / aim.fault.times)
            yield later._replace(repeats=emission.repeats + copy)


def _going_live(emission: Emission, aim: _Aim) -> Iterator[Emission]:
    """Equipment is put up during the first window, one after the other; before that it says nothing."""
    begins, ends = aim.first_window()
    along = (emission.at - begins) / (ends - begins)
    is_up = not aim.is_meant(emission) or aim.place(emission) <= along * aim.fault.share
    yield emission if is_up or along >= 1 else emission._replace(lost=NOT_YET_THERE)


_ACTS: dict[str, Callable[[Emission, _Aim], Iterator[Emission]]] = {
    "drop": _drop,
    "delay": _delay,
    "reorder": _reorder,
    "duplicate": _duplicate,
    "renumber": _renumber,
    "corrupt": _corrupt,
    "flood": _flood,
    "going_live": _going_live,
}


def _later(emission: Emission, seconds: float) -> Emission:
    return emission._replace(at=emission.at + timedelta(milliseconds=int(seconds * 1000)))


class _Outage:
    """No connection in the window: events wait in the equipment and come in a burst afterwards, in their order."""

    def __init__(self, aim: _Aim) -> None:
        self._aim = aim
        self._gone: dict[str, datetime] = {}

    def act(self, emission: Emission) -> Iterator[Emission]:
        """The emission itself, or later; with the first of a device's its last will and its return."""
        if self._aim.draw(emission) is None:
            yield emission
            return
        window = self._aim.window(emission.at)
        assert window is not None
        _, ends = window
        key = f"{emission.municipality}/{emission.device}"
        if emission.door == "device" and self._gone.get(key) != ends:
            self._gone[key] = ends
            yield _status(emission, emission.at + _WILL_AFTER, "offline")
            yield _status(emission, ends, "online")
        if emission.kind == "status":
            yield emission._replace(lost="outage")
            return
        # The burst keeps the order of the window, pressed together into `seconds` after its end.
        along = (emission.at - window[0]) / (ends - window[0])
        yield _later(emission._replace(at=ends), along * self._aim.fault.seconds)


def _status(emission: Emission, at: datetime, state: str) -> Emission:
    """A status of the device that sent `emission`, as the device or its broker publishes it."""
    said = {"state": state, "battery": None, "at": utc_text(int(at.timestamp())), "next_within_s": None}
    return emission._replace(
        at=at,
        topic=f"{emission.topic.rpartition('/')[0]}/status",
        payload=orjson.dumps(said),
        retain=True,
        kind="status",
        case=None,
        identifier=None,
        resource_type=None,
    )
