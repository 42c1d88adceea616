"""What every demo shows, whatever the seed: each kind of device, a linked double, an amended and an out-of-order
message, redeliveries, a device that falls silent, a last will, and messages that are broken on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from devices_sim.broken import FAULTS
from devices_sim.device import Device
from devices_sim.emission import Emission
from devices_sim.happening import Alert, Dispense, Happening, Reading, Report, Status, Supervision, What
from devices_sim.localday import instant
from devices_sim.message import document
from devices_sim.population import fitted
from devices_sim.randomness import Stream, mixed, seed_of
from devices_sim.rates import RateValues
from devices_sim.resident import Resident
from devices_sim.response_centre import FollowUp, Taken, handled
from devices_sim.technical import TrueTechnical
from devices_sim.writing import facts, follow_up_written, topic, written

#: What each demo town shows at least: hour of the day (of 24), device, what it says.
_SHOWN: tuple[tuple[float, str, What], ...] = (
    (0.6, "camera", Supervision("0", "1", 40)),
    (1.1, "door_sensor", Alert("4.15", 20, "wandering", "ytterdøra")),
    (3.20, "bed_sensor", Alert("4.2", 20, "night_up", "soverommet")),
    (3.25, "fall_detector", Alert("4.1", 30, "fall", "badet")),
    (3.30, "safety_alarm", Alert("3", 30, "fall", "badet")),
    (4.0, "camera", Supervision("1", "1", 55, "Ligger i sengen og sover.")),
    (5.5, "room_sensor", Alert("4.9", 20, "inactive", "stua")),
    (8.1, "medication_dispenser", Dispense("1.1", "morgendose")),
    (8.5, "remote_monitoring", Reading("blood_pressure", (148.0, 86.0))),
    (8.55, "remote_monitoring", Reading("pulse", (78.0,))),
    (8.6, "remote_monitoring", Reading("oxygen_saturation", (91.0,))),
    (8.65, "remote_monitoring", Reading("weight", (82.3,))),
    (9.5, "medication_dispenser", Alert("1.8", 20, "jammed")),
    (10.0, "remote_monitoring", Report("5.2.1", 20, "Noe lav metning, ringt innbygger. Ny måling i ettermiddag.")),
    (14.4, "location_tracker", Alert("2", 30, "lost", "utenfor avtalt sone")),
)


#: The silent one was last heard of an hour before its silence is noticed.
_LAST_HEARD = timedelta(seconds=3600)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The set pieces of one municipality."""

    emissions: tuple[Emission, ...]
    technical: tuple[TrueTechnical, ...]

    def without_silenced(self, emissions: Iterable[Emission]) -> Iterator[Emission]:
        """The emissions without what the devices that must be silent would have sent afterwards."""
        silent = {(alert.municipality, alert.device): alert.at for alert in self.technical}
        for emission in emissions:
            since = silent.get((emission.municipality, emission.device))
            if since is None or emission.at < since - _LAST_HEARD:
                yield emission


@dataclass(slots=True)
class _Stage:
    """Residents in a fixed order, a stream, and the time that an hour of a full day has in this run."""

    residents: Sequence[Resident]
    stream: Stream
    start: datetime
    length_s: float
    rates: RateValues
    silent: set[str] = field(default_factory=set)

    def at(self, hour: float) -> int:
        return int(self.start.timestamp() + self.length_s * hour / 24)

    def says(self, hour: float, name: str, what: What) -> Happening | None:
        """Somebody's such device says it, one that is not to fall silent; None when nobody has one."""
        owners = [(r, kit) for r in self.residents for kit in r.kits if kit.device.name == name]
        free = [owner for owner in owners if owner[1].id not in self.silent] or owners
        if not free:
            return None
        resident, kit = self.stream.pick(free)
        return Happening(self.at(hour), resident, kit, what, self.stream.bits())


def equipped(residents: Sequence[Resident], devices: Mapping[str, Device], rates: RateValues) -> None:
    """See to it that each device of the set pieces is in some home, wherever anybody receives its service."""
    for name in dict.fromkeys(name for _, name, _ in _SHOWN):
        held = any(kit.device.name == name for resident in residents for kit in resident.kits)
        service = devices[name].service
        home = next((r for r in residents if any(kit.service == service for kit in r.kits)), None)
        if not held and home is not None:
            home.kits.append(fitted(home, devices[name], service, stream=Stream(home.salt), rates=rates))


def pieces(residents: Sequence[Resident], *, seed: int, start: datetime, end: datetime, rates: RateValues) -> Pieces:
    """The set pieces for one municipality's residents between `start` and `end`, spread as over a full day."""
    stream = Stream(seed_of(seed, "set pieces", residents[0].town.organisation_number))
    stage = _Stage(residents, stream, start, (end - start).total_seconds(), rates)
    statuses, technical = _silent(stage)
    stage.silent.update(alert.device for alert in technical)
    shown = (stage.says(hour, name, what) for hour, name, what in _SHOWN)
    emissions = [emission for happening in shown if happening for emission in _with_answers(happening, rates)]
    emissions += [*_linked_double(stage), *_out_of_order(stage), *_late_first_version(stage), *_broken(stage)]
    return Pieces((*emissions, *_signs_of_life(residents, stage), *statuses), technical)


def _with_answers(happening: Happening, rates: RateValues) -> list[Emission]:
    """The message, and where it is an alert its handling by an operator of the set piece's own."""
    return [written(happening), *(follow_up_written(said) for said in _handled(happening, rates))]


def _handled(happening: Happening, rates: RateValues) -> list[FollowUp]:
    if not isinstance(happening.what, Alert):
        return []
    wait = 20 + happening.salt % 60
    return list(handled(Taken(happening, happening.what, 7, happening.sent_at + wait), rates))


def _linked_double(stage: _Stage) -> Iterator[Emission]:
    """One press, two doors: bare from the device, and numbered by the Bundle only from the vendor's cloud."""
    alert = Alert("3", 20, "toilet", named=False)
    happening = stage.says(11.0, "safety_alarm", alert)
    if happening is None:
        return
    number = f"{stage.stream.below(900_000) + 100_000}"
    text, issue = document.cloud_alert(happening, alert, number, mixed(happening.salt, 9))
    town = happening.resident.town
    bare = written(happening)
    cloud = Emission(
        bare.at + timedelta(seconds=9),
        f"vft/{town.organisation_number}/{town.cloud}/{happening.kit.id}/event",
        text.encode(),
        door="cloud",
        case=facts(happening),
        identifier=number,
        resource_type="Bundle",
    )
    yield bare
    yield cloud
    for said in _handled(happening, stage.rates):
        answer = follow_up_written(said, issue=issue)
        yield answer._replace(answers=(*answer.answers, number, bare.sha256, cloud.sha256))


def _out_of_order(stage: _Stage) -> Iterator[Emission]:
    """The alarm's message is held up in the device; the operator, who heard it by voice, is done before."""
    happening = stage.says(12.5, "safety_alarm", Alert("3", 20, "anxious"))
    if happening is None:
        return
    answers = [follow_up_written(said) for said in _handled(happening, stage.rates)]
    yield from (answer._replace(answers=()) for answer in answers)
    yield written(happening)._replace(at=answers[0].at + timedelta(seconds=180))


def _late_first_version(stage: _Stage) -> Iterator[Emission]:
    """A call-out in two versions of one document; the first is sent once more after the second."""
    happening = stage.says(15.5, "safety_alarm", Alert("3", 40, "chest_pain"))
    if happening is None:
        return
    yield from _with_answers(happening, stage.rates)
    first, second = [follow_up_written(said) for said in _handled(happening, stage.rates)]
    yield first._replace(at=second.at + timedelta(seconds=240), repeats=1, answers=())


def _broken(stage: _Stage) -> Iterator[Emission]:
    """Each of the faults that end in quarantine, on messages that would else have been sound."""
    for number, fault in enumerate(FAULTS.values()):
        happening = stage.says(6.5 + 1.9 * number, fault.device, fault.what)
        if happening is None:
            continue
        sound = written(happening)
        payload = fault.spoilt(sound.payload)
        yield sound._replace(payload=payload, case=None, identifier=None, fault=fault.name, fault_path=fault.path)


def _signs_of_life(residents: Sequence[Resident], stage: _Stage) -> Iterator[Emission]:
    """Every device is online at the start, and says that it need not be heard of again that day."""
    for resident in residents:
        for kit in resident.kits:
            salt = stage.stream.bits()
            status = Status("online", 40 + salt % 61, 172_800 if kit.device.heartbeat_s else None)
            yield written(Happening(stage.at(0), resident, kit, status, salt))


def _silent(stage: _Stage) -> tuple[list[Emission], tuple[TrueTechnical, ...]]:
    """One device that promises to be heard of within the hour and isn't; one whose last will is published."""
    hushed = stage.says(7.0, "bed_sensor", Status("online", 62, 3600))
    willed = stage.says(13.0, "medication_dispenser", Status("offline", 71, None))
    said = [happening for happening in (hushed, willed) if happening is not None]
    alerts = (
        *((_technical(hushed, "silence", hushed.at + 3600),) if hushed else ()),
        *((_technical(willed, "last_will", willed.at),) if willed else ()),
    )
    return [written(happening) for happening in said], alerts


def _technical(happening: Happening, why: Literal["silence", "last_will"], at: int) -> TrueTechnical:
    town, kit = happening.resident.town, happening.kit
    return TrueTechnical(town.organisation_number, topic(happening).split("/")[2], kit.id, why, instant(at))


def with_redeliveries(emissions: Iterable[Emission], *, seed: int) -> list[Emission]:
    """The same emissions with about one event in 25 sent again, byte for byte, a while later."""
    stream = Stream(seed_of(seed, "redeliveries"))
    result: list[Emission] = []
    for emission in emissions:
        result.append(emission)
        again = stream.chance(0.04)
        later = timedelta(seconds=stream.between(3, 900))
        if again and emission.kind == "event" and not emission.repeats and not emission.fault:
            result.append(emission._replace(at=emission.at + later, repeats=1))
    result.sort(key=lambda emission: (emission.at, emission.topic, emission.payload))
    return result
