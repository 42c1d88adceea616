"""Where metered use is read from: a file ledger, the hub's own, or a sample of either that is scaled up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hub.metering.counting import GRACE_DAYS, CountedUse, counted
from hub.metering.ledger import UsageTable, usage_table_from_file
from hub.metering.metered_use import MeteredUse
from hub.metering.month import Month, months_from
from hub.metering.municipalities import read_municipalities
from hub.metering.run import Order
from hub.metering.sample import sampled_use
from hub.metering.structure_changes import structure_of


@dataclass(frozen=True, slots=True)
class UseSource:
    """A ledger that is opened when it is needed. `is_sample`: it is some days that are scaled up to months."""

    table: Callable[[], UsageTable]
    is_sample: bool = False

    @classmethod
    def file(cls, path: Path, *, is_sample: bool = False) -> UseSource:
        """A file ledger."""
        return cls(lambda: usage_table_from_file(path), is_sample)

    def metered(self, order: Order) -> MeteredUse:
        """The use of the order's months, all that is known. Raises ConfigurationError for a ledger with faults."""
        if self.is_sample:
            return sampled_use(self.table(), months=_months(order), municipalities=read_municipalities())
        return count_of(self.table(), order).known_at()


def count_of(table: UsageTable, order: Order, grace_days: int = GRACE_DAYS) -> CountedUse:
    """The use of the order's months in `table`, by closing; municipalities that its changes make are known too."""
    known = structure_of(order.changes_table, read_municipalities()).municipalities
    return counted(table, months=_months(order), municipalities=known, grace_days=grace_days)


def _months(order: Order) -> tuple[Month, ...]:
    return months_from(order.scenario.start, order.scenario.months)
