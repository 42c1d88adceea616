"""Ways into an EPJ: one file per system, each with an `ADAPTER` that `hub.plugins.EPJ_ADAPTERS` finds.

`epj_adapter.simulated` holds the simulated EPJs that stand in for the real ones.
"""
