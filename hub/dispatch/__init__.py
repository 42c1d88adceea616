"""Carries what the store wants delivered to its destinations, once in effect."""
