"""Camera supervision: planned look-ins at night, and look-ins because something happened, in every mode."""

from __future__ import annotations

from collections.abc import Iterator

from devices_sim.device import Device, DeviceDay, Example
from devices_sim.happening import Alert, Happening, Supervision
from devices_sim.localday import HOUR

#: Encounter modes with a weight: most look-ins are anonymised pictures.
_MODES = (("0", 50), ("1", 20), ("2", 8), ("3", 12), ("4", 10))
_NOTES = (
    "Ligger i sengen og sover.",
    "Sitter på sengekanten, virker rolig.",
    "Ikke i sengen, lys på badet. Tilbake etter få minutter.",
    "Sover. Dyna på plass.",
)


def day(day: DeviceDay) -> Iterator[Happening]:
    """Planned look-ins at fixed hours of the night, and event-driven ones with an alert of their own."""
    planned = int(day.rates["camera.planned_per_night"] + day.kit.share)
    for number in range(planned):
        second = number * 6 * HOUR // max(planned, 1) + int(day.kit.share * 1_800) + day.stream.below(240)
        yield day.says(second, _look(day, "1"))
        if day.stream.chance(0.02):
            yield day.says(second + 5, Alert("4.26", 20, "not_in_bed", "soverommet"))
    for _ in range(day.stream.count(day.rates["camera.event_per_day"])):
        second = day.stream.pick(day.life.nights).start + 60 if day.life.nights else day.stream.below(86_400)
        if day.stream.chance(0.5):
            yield day.says(second, Alert("4.25", 20, "night_up", "soverommet"))
        else:
            yield day.says(second, _look(day, "2"))


def _look(day: DeviceDay, reason: str) -> Supervision:
    note = day.stream.pick(_NOTES) if day.stream.chance(0.25) else None
    return Supervision(day.stream.weighted(_MODES), reason, day.stream.between(15, 90), note)


DEVICE = Device(
    name="camera",
    title="Kameratilsyn",
    description="Kamera med bilde, lyd og tale. Planlagte tilsyn om natten og tilsyn når noe har hendt.",
    prefix="KT",
    service="digital_supervision",
    share="camera.share",
    codes=("4.25", "4.26"),
    rates=("camera.planned_per_night", "camera.event_per_day"),
    day=day,
    examples=(
        Example("Planlagt tilsyn", Supervision("0", "1", 30), "Encounter", ("0", "1")),
        Example("Tilsyn med merknad", Supervision("1", "2", 45, _NOTES[0]), "Bundle", ("1", "2")),
        Example("Hendelse foran kameraet", Alert("4.25", 20, "night_up"), "DetectedIssue", ("4.25",)),
        Example("Avvik ved planlagt tilsyn", Alert("4.26", 20, "not_in_bed"), "DetectedIssue", ("4.26",)),
    ),
    heartbeat_s=86_400,
    follows_life=True,
)
