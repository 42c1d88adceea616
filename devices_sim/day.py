"""A municipality's date: what all of its equipment says, and what the response centre answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from devices_sim.device import DeviceDay, ResidentDay
from devices_sim.happening import Alert, Happening
from devices_sim.response_centre import FollowUp, Staffing, follow_ups

if TYPE_CHECKING:
    from devices_sim.localday import LocalDay
    from devices_sim.rates import Rates
    from devices_sim.resident import Resident


def happenings(residents: Iterable[Resident], date: LocalDay, rates: Rates) -> Iterator[Happening]:
    """All that the residents' equipment says on a date, resident by resident."""
    for resident in residents:
        of = ResidentDay(resident, date, rates)
        for kit in resident.kits:
            yield from kit.device.day(DeviceDay(of, kit))


def answers(said: Sequence[Happening], date: LocalDay, *, staff: Staffing, rates: Rates) -> list[FollowUp]:
    """What the response centre says of the alerts among `said`, all of one municipality."""
    alerts = [happening for happening in said if isinstance(happening.what, Alert)]
    return list(follow_ups(alerts, date=date, staff=staff, rates=rates))
