"""Wires the rooms together: the hub's process, the supervisor that keeps the parts running, and the demo."""
