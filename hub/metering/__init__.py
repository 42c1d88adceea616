"""Metering and the cost model: what was used, what it costs, who pays, and why."""

from hub.metering.month_estimate import MonthEstimate, month_estimate

__all__ = ["MonthEstimate", "month_estimate"]
