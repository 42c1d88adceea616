"""The rehearsal's checks against the hub that they run in: sent and read from outside, as vendor and nurse would."""

from hub.app.rehearsing.surroundings import HubSurroundings, Site

__all__ = ["HubSurroundings", "Site"]
