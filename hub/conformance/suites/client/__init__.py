"""Asking: what a client of the national APIs asks for, how, and what it does with the answer."""

from hub.conformance.plan import Suite
from hub.conformance.verdicts import both

SUITE = Suite("client", both("Spørre de nasjonale API-ene", "Asking the national APIs"), place=35)
