"""What an EPJ must do with the notes that the hub writes to it."""

from hub.conformance.plan import Suite
from hub.conformance.verdicts import both

SUITE = Suite("epj", both("Journalsystemets mottak av notater", "How the EPJ takes notes"), place=70)
