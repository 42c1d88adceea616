"""PIT (Pasientinformasjonstjenesten): patients are submitted by the EPJ, and read by those who serve them."""

from hub.api.pit.door import Pit
from hub.api.pit.routes import AUDIENCE, READ_SCOPE, WRITE_SCOPE, router

__all__ = ["AUDIENCE", "READ_SCOPE", "WRITE_SCOPE", "Pit", "router"]
