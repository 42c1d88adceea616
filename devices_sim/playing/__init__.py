"""Plays emissions to a target at a pace. A package of its own, so that device types load without what it needs."""
