"""Simulated devices, people and a response centre."""
