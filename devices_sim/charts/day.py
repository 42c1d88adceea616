"""A chart of a day: when in the day each device type's events come, one small panel per type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from devices_sim.device import Device
from devices_sim.emission import Emission
from devices_sim.simulation import Run, simulated
from hub.model.clock import OSLO

_COLUMNS = 4
_CENTRE = "response_centre"


def by_hour(emissions: Iterable[Emission]) -> dict[str, Counter[int]]:
    """Events by device type and Norwegian hour of the day."""
    counts: dict[str, Counter[int]] = {}
    for emission in emissions:
        if emission.kind == "event" and not emission.lost:
            hour = emission.at.astimezone(OSLO).hour
            counts.setdefault(emission.device_type, Counter())[hour] += 1
    return counts


def draw(run: Run, devices: Mapping[str, Device], out: Path) -> None:
    """Write the chart of a run to `out` as SVG, the same bytes for the same run."""
    counts = by_hour(simulated(run))
    titles = {name: device.title for name, device in devices.items()} | {_CENTRE: "Responssenteret"}
    named = [(titles.get(name, name), counts[name]) for name in sorted(counts, key=lambda name: titles.get(name, name))]
    rows = -(-len(named) // _COLUMNS)
    figure = Figure(figsize=(12, 1.9 * rows + 0.6), layout="constrained")
    FigureCanvasSVG(figure)
    people, towns = run.world.population.size, len(run.world.population.towns)
    total = sum(sum(c.values()) for c in counts.values())
    where = "én kommune" if towns == 1 else f"{towns} kommuner"
    figure.suptitle(f"{run.scenario.name}: {_grouped(total)} hendelser, {_grouped(people)} innbyggere, {where}")
    for position, (title, hours) in enumerate(named, 1):
        axes = figure.add_subplot(rows, _COLUMNS, position)
        axes.bar(range(24), [hours[hour] for hour in range(24)], width=0.9, color="#0b6e8a")
        axes.set_title(f"{title} ({_grouped(sum(hours.values()))})", fontsize=9)
        axes.set_xticks([0, 6, 12, 18, 24])
        axes.tick_params(labelsize=7)
        axes.spines[["top", "right"]].set_visible(False)
    out.parent.mkdir(parents=True, exist_ok=True)
    # Text stays text, and names inside the file come from this word instead of at random.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "knutepunkt"}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "knutepunkt devices chart"})


def _grouped(number: int) -> str:
    """A number with its thousands apart, as Norwegians write it."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
