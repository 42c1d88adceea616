"""Where metered use is read from: a file ledger, the hub's own, or a sample of either that is scaled up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hub.metering.counting import GRACE_DAYS, CountedUse, counted
from hub.metering.ledger import UsageTable, usage_table_from_file
from hub.metering.metered_use import MeteredUse
from hub.metering.month import months_from
from hub.metering.municipalities import read_municipalities
from hub.metering.sample import sampled_use
from hub.metering.scenario import Scenario


@dataclass(frozen=True, slots=True)
class UseSource:
    """A ledger that is opened when it is needed. `is_sample`: it is some days that are scaled up to months."""

    table: Callable[[], UsageTable]
    is_sample: bool = False

    @classmethod
    def file(cls, path: Path, *, is_sample: bool = False) -> UseSource:
        """A file ledger."""
        return cls(lambda: usage_table_from_file(path), is_sample)

    def metered(self, scenario: Scenario) -> MeteredUse:
        """The use of the scenario's months, all that is known. Raises ConfigurationError for a ledger with faults."""
        months = months_from(scenario.start, scenario.months)
        if self.is_sample:
            return sampled_use(self.table(), months=months, municipalities=read_municipalities())
        return count_of(self.table(), scenario).known_at()


def count_of(table: UsageTable, scenario: Scenario, grace_days: int = GRACE_DAYS) -> CountedUse:
    """The use of the scenario's months in `table`, by closing."""
    months = months_from(scenario.start, scenario.months)
    return counted(table, months=months, municipalities=read_municipalities(), grace_days=grace_days)
