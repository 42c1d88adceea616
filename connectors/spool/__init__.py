"""The vendor's own safety net: what was told is on disk before anybody is told that it was."""

from connectors.spool.entry import Fate, Kept, Report, SpoolEntry, Waiting
from connectors.spool.lanes import Lanes
from connectors.spool.spool import Spool

__all__ = ["Fate", "Kept", "Lanes", "Report", "Spool", "SpoolEntry", "Waiting"]
