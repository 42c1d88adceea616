"""Sign-in with HelseID: private_key_jwt, DPoP with nonce, and a cache of tokens."""

from connectors.helseid.client import HelseIdClient, Organisation
from connectors.helseid.sign_in import HelseId

__all__ = ["HelseId", "HelseIdClient", "Organisation"]
