"""JFT (Journalføringstjenesten): events are submitted, polled for by the EPJ, and acknowledged as journaled."""

from hub.api.jft.door import AUDIENCE, SCOPE, Jft, router

__all__ = ["AUDIENCE", "SCOPE", "Jft", "router"]
