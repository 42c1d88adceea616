"""Simulated EPJs: real HTTP servers with a store, pages for a nurse and faults that can be switched on.

Run them with `python -m epj_adapter.simulated --config FILE.json`; see `docs/epj.md`.
"""
