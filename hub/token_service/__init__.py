"""A stand-in for HelseID: discovery, keys and tokens as the real one gives them, and faulty tokens to test with.

Its routes are in `hub.token_service.routes`, apart, so that what only makes keys needs no web framework.
"""

from hub.token_service.faults import FAULTS, Fault
from hub.token_service.ready_client import TEST_KEY_FILE, make_test_client
from hub.token_service.service import TestUser, TokenService, known_clients
from hub.token_service.signing_keys import KEY_FILE, SigningKeys

__all__ = [
    "FAULTS",
    "KEY_FILE",
    "TEST_KEY_FILE",
    "Fault",
    "SigningKeys",
    "TestUser",
    "TokenService",
    "known_clients",
    "make_test_client",
]
