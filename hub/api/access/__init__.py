"""The careful resource server: who calls, proven by an access token of HelseID's or of our own token service."""

from hub.api.access.caller import Caller
from hub.api.access.denied import ACCESS_ANSWERS, Challenge, InsufficientScope, KeysUnavailable, TokenRejected
from hub.api.access.gate import Gate, require, require_known
from hub.api.access.keys import GivenKeys, KeySource, RemoteKeys
from hub.api.access.rules import AccessRules, ClaimRule

__all__ = [
    "ACCESS_ANSWERS",
    "AccessRules",
    "Caller",
    "Challenge",
    "ClaimRule",
    "Gate",
    "GivenKeys",
    "InsufficientScope",
    "KeySource",
    "KeysUnavailable",
    "RemoteKeys",
    "TokenRejected",
    "require",
    "require_known",
]
