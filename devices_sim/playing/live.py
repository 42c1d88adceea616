"""The live view of a run in a terminal: simulated time, counts by device type, receipts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table

from devices_sim.playing.player import Progress
from devices_sim.targets.target import Tally
from hub.model.clock import OSLO


class LiveView:
    """Shows a run while it goes on. On anything but a terminal it shows nothing."""

    def __init__(self, titles: dict[str, str], tally: Tally) -> None:
        self._titles = titles
        self._tally = tally
        self._begun = time.monotonic()
        self._live = Live(console=Console(stderr=True), refresh_per_second=4, transient=True)

    @contextmanager
    def shown(self) -> Iterator[LiveView]:
        """The view, on screen meanwhile."""
        if not self._live.console.is_terminal:
            yield self
            return
        with self._live:
            yield self

    def __call__(self, progress: Progress) -> None:
        """Show how far it has come."""
        if self._live.is_started:
            self._live.update(self._table(progress))

    def _table(self, progress: Progress) -> Table:
        seconds = max(time.monotonic() - self._begun, 0.001)
        at = progress.at.astimezone(OSLO).strftime("%d.%m.%Y %H:%M:%S") if progress.at else ""
        table = Table(title=f"{at}  ·  {progress.events} hendelser  ·  {progress.events / seconds:.0f} per sekund")
        table.add_column("Utstyr")
        table.add_column("Sendt", justify="right")
        for name, count in progress.by_device.most_common():
            table.add_row(self._titles.get(name, name), str(count))
        table.add_row("Statusmeldinger", str(progress.statuses), style="dim")
        for code, count in sorted(self._tally.receipts.items()):
            table.add_row(f"Kvittering: {code}", str(count), style="green" if code == "accepted" else "yellow")
        if self._tally.retried:
            table.add_row("Sendt på nytt", str(self._tally.retried), style="yellow")
        return table
