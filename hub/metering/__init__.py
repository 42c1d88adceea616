"""Metering and the cost model: what was used, what it costs, who pays, and why."""
