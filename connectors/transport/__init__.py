"""The ways to the hub. All take the same call; which one is used is a matter of configuration."""

from connectors.transport.port import Journaling, Outgoing, ReportsDevices, Transport

__all__ = ["Journaling", "Outgoing", "ReportsDevices", "Transport"]
