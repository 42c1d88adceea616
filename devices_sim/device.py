"""What a device type is: a name, the codes that it can send, and how it behaves over a day.

A file in this folder with a `DEVICE` of this class is a device type; nothing else needs to know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devices_sim.happening import Happening, What
from devices_sim.life import Life, Trouble, life_of, troubles_of
from devices_sim.localday import CLOCK_CHANGE
from devices_sim.randomness import Stream, mixed

if TYPE_CHECKING:
    from devices_sim.localday import LocalDay
    from devices_sim.rates import RateValues
    from devices_sim.resident import Kit, Resident


@dataclass(frozen=True, slots=True)
class Example:
    """A situation that the device tells of: `what` it says, and what must come of it.

    `resource_type` is the FHIR type of the message. `codes` are codes that stand in it.
    """

    title: str
    what: What
    resource_type: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Device:
    """A type of equipment.

    `name` is its file's name, `title` what Norwegians call it, `prefix` begins its serial numbers. `service` is a
    key of `devices_sim.town.SERVICES`, and `share` the key of the rate that says how many of the service's
    recipients have one (None: all). `codes` are all alert codes that it may send, `dispense_codes` its dispenses'.
    `day` gives what it says in a day, in any order. `heartbeat_s` is how often it gives a sign of life (None: never
    declares an interval), `battery_days` how long a battery lasts (None: mains).

    `silence`, where given, is for what most homes have and most dates don't hear of: (T, S) such that `day` gives
    nothing when the resident's point of the date (`unit_of` its seed) is T or above and the first `unit` of the
    kit's stream is below S. `follows_life` is whether it senses the day as it is lived, nights up and all.
    """

    name: str
    title: str
    description: str
    prefix: str
    service: str
    share: str | None
    codes: tuple[str, ...]
    rates: tuple[str, ...]
    day: Callable[[DeviceDay], Iterable[Happening]]
    examples: tuple[Example, ...]
    heartbeat_s: int | None = 3600
    battery_days: int | None = None
    dispense_codes: tuple[str, ...] = ()
    silence: Callable[[Resident, RateValues], tuple[float, float]] | None = None
    follows_life: bool = False


class ResidentDay:
    """One resident's date: what all of the resident's devices react to, drawn when first asked for."""

    __slots__ = ("_life", "_troubles", "date", "rates", "resident", "seed")

    def __init__(self, resident: Resident, date: LocalDay, rates: RateValues) -> None:
        self.resident = resident
        self.date = date
        self.rates = rates
        self.seed = mixed(resident.salt, date.number)
        self._life: Life | None = None
        self._troubles: tuple[Trouble, ...] | None = None

    @property
    def life(self) -> Life:
        """The whole day as it is lived."""
        if self._life is None:
            self._life = life_of(self.resident, self.seed, self.rates)
            self._troubles = self._life.troubles
        return self._life

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What goes wrong. Where nothing senses the day as it is lived, its nights are not drawn."""
        if self._troubles is None:
            if self.is_lived:
                return self.life.troubles
            self._troubles = troubles_of(self.resident, self.seed, self.rates)
        return self._troubles

    @property
    def is_lived(self) -> bool:
        """Whether some of the resident's equipment senses the day as it is lived."""
        return any(kit.device.follows_life for kit in self.resident.kits)


class DeviceDay:
    """One kit's date: the resident's day, the rates, and a random stream of the kit's own."""

    __slots__ = ("_late_s", "_of", "kit", "rates", "seed", "stream")

    def __init__(self, of: ResidentDay, kit: Kit) -> None:
        self._of = of
        self.kit = kit
        self.rates = of.rates
        self.seed = mixed(kit.salt, of.date.number)
        self.stream = Stream(self.seed)
        self._late_s = of.date.shift if kit.slow_to_change else 0

    @property
    def resident(self) -> Resident:
        """Whose kit it is."""
        return self._of.resident

    @property
    def date(self) -> LocalDay:
        """The date."""
        return self._of.date

    @property
    def life(self) -> Life:
        """The resident's day as it is lived."""
        return self._of.life

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What goes wrong that day."""
        return self._of.troubles

    def says(self, second: int, what: What) -> Happening:
        """`what` said at a local second of the date, a few seconds on its way."""
        salt = self.stream.bits()
        at = self._of.date.at(second)
        error = self.kit.clock_error_s + (self._late_s if second >= CLOCK_CHANGE else 0)
        return Happening(at, self._of.resident, self.kit, what, salt, 1 + salt % 4, error)
