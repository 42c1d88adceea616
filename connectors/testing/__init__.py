"""For a vendor's own tests: time that a test moves, a hub in memory, and (`connectors.testing.plugin`) a real one."""

from connectors.testing.running_hub import RunningHub
from connectors.testing.simulated_epj import SimulatedEpj
from connectors.testing.virtual_clock import VirtualClock
from connectors.transport.memory import MemoryTransport

__all__ = ["MemoryTransport", "RunningHub", "SimulatedEpj", "VirtualClock"]
