"""The rehearsal's checks against the hub that they run in: sent and read from outside, as vendor and nurse would."""

from __future__ import annotations

from hub.app.orders import Orders
from hub.app.rehearsing.clients import with_rehearsal_clients
from hub.app.rehearsing.journal import StoredJournal
from hub.app.rehearsing.surroundings import HubSurroundings, Site
from hub.model.ports import Clock
from hub.rehearsal.desk import Desk
from hub.store.engine import Engines

__all__ = ["HubSurroundings", "Site", "StoredJournal", "rehearsal_desk", "with_rehearsal_clients"]


def rehearsal_desk(orders: Orders, engines: Engines, clock: Clock) -> Desk:
    """The desk of the hub that runs by `orders`."""
    site = Site(orders.settings, orders.http_url, orders.broker_url, orders.data_directory)
    return Desk(StoredJournal(engines), HubSurroundings(site, engines, clock))
