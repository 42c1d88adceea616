"""What must not be where others can read it."""

from hub.conformance.plan import Suite
from hub.conformance.verdicts import both

SUITE = Suite("privacy", both("Personvern", "Privacy"), place=50)
