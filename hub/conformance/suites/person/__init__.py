"""What only a person can do or see."""

from hub.conformance.plan import Suite
from hub.conformance.verdicts import both

SUITE = Suite("person", both("Med et menneske til stede", "With a person present"), place=90)
