"""How messages get there: when all is well, when the national side is not, and when the system itself is ended."""

from hub.conformance.plan import Suite
from hub.conformance.verdicts import both

SUITE = Suite("delivery", both("Levering", "Delivery"), place=20)
