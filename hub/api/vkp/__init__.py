"""VKP R4: a vendor looks up patients and services in a municipality's EPJ, and writes what happened."""

from hub.api.vkp.any_case import AnyCase
from hub.api.vkp.authorisation import KNOWN_CODES, Authorisations, authorisations
from hub.api.vkp.door import Vkp
from hub.api.vkp.routes import router
from hub.api.vkp.scopes import AUDIENCE, Trust

__all__ = ["AUDIENCE", "KNOWN_CODES", "AnyCase", "Authorisations", "Trust", "Vkp", "authorisations", "router"]
