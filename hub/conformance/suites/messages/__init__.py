"""What messages say, and what they are recognised by."""

from hub.conformance.plan import Suite
from hub.conformance.verdicts import both

SUITE = Suite("messages", both("Meldinger", "Messages"), place=10)
