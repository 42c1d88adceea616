"""JFT (Journalføringstjenesten): events are submitted, polled for by the EPJ, and acknowledged as journaled."""

from hub.api.jft.door import Jft
from hub.api.jft.routes import AUDIENCE, SCOPE, router

__all__ = ["AUDIENCE", "SCOPE", "Jft", "router"]
