"""Where metered use is read from: a file ledger, the hub's own data directory, or a sample of either."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hub.metering.counting import GRACE_DAYS, CountedUse, counted
from hub.metering.ledger import UsageTable, usage_table_from_file
from hub.metering.metered_use import MeteredUse
from hub.metering.month import Month, months_from
from hub.metering.municipalities import read_municipalities
from hub.metering.sample import sampled_use
from hub.metering.scenario import Scenario


@dataclass(frozen=True, slots=True)
class UseSource:
    """A file ledger. `is_sample`: it is some days that are scaled up to months."""

    path: Path
    is_sample: bool = False

    def table(self) -> UsageTable:
        """Its records. Raises ConfigurationError for a file that is no ledger."""
        return usage_table_from_file(self.path)

    def metered(self, scenario: Scenario) -> MeteredUse:
        """The use of the scenario's months, all that is known."""
        months = months_from(scenario.start, scenario.months)
        if self.is_sample:
            return sampled_use(self.table(), months=months, municipalities=read_municipalities())
        return self.counted(months).known_at()

    def counted(self, months: tuple[Month, ...], grace_days: int = GRACE_DAYS) -> CountedUse:
        """The use of `months` by closing."""
        return counted(self.table(), months=months, municipalities=read_municipalities(), grace_days=grace_days)
