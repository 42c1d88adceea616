"""How devices say that they are well, and how it is noticed when they don't."""

from hub.conformance.plan import Suite
from hub.conformance.verdicts import both

SUITE = Suite("devices", both("Utstyr", "Devices"), place=40)
