"""What a response centre must do with the alerts that it gets, and with what it says about them."""

from hub.conformance.plan import Suite
from hub.conformance.verdicts import both

SUITE = Suite("centre", both("Responssenterets varsler", "A response centre's alerts"), place=75)
