"""What the product says in its own format, and what the system makes of it."""

from hub.conformance.plan import Suite
from hub.conformance.verdicts import both

SUITE = Suite("product", both("Produktets egne meldinger", "The product's own messages"), place=60)
