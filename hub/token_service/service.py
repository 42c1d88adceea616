"""The token service as one value: who it is, whom it knows, and what it shares with the other hub processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from joserfc.jwk import Key

from hub.jose.keys import BadKey, public_key
from hub.model.client import Client
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.ports import Clock, ReplayStore
from hub.token_service.assertion import KnownClient
from hub.token_service.signing_keys import KeyRing, SigningKeys

Mode = Literal["test", "production"]
#: HelseID says that an assertion is meant for the issuer; before that rule clients named the token endpoint.
AssertionAudience = Literal["issuer", "issuer_or_token_endpoint"]


@dataclass(frozen=True, slots=True)
class TestUser:
    """Somebody who can sign in with one click in test mode. Never an identity number: `subject` is shown in URLs."""

    __test__ = False  # not a test, for all its name

    subject: str
    name: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenService:
    """A HelseID stand-in at the address `issuer` (without a slash at the end).

    `clock.real()` gives the time (tokens are never on a scaled clock), `new_id` makes token ids. `skew_s` is how
    far a client's clock may differ, `proof_age_s` how old a DPoP proof may be, in seconds.
    """

    issuer: str
    clients: Mapping[str, KnownClient]
    keys: SigningKeys
    replay: ReplayStore
    clock: Clock
    new_id: Callable[[], str]
    mode: Mode = "test"
    assertion_audience: AssertionAudience = "issuer"
    skew_s: float = 5
    proof_age_s: float = 60
    test_users: tuple[TestUser, ...] = field(default=())

    @property
    def token_endpoint(self) -> str:
        """The address that tokens are asked for at."""
        return f"{self.issuer}/connect/token"

    @property
    def assertion_audiences(self) -> tuple[str, ...]:
        """What an assertion may name as its audience."""
        both = (self.issuer, self.token_endpoint)
        return both if self.assertion_audience == "issuer_or_token_endpoint" else both[:1]

    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock.real()

    def ring(self) -> KeyRing:
        """The signing keys as they are now."""
        return self.keys.ring(self.now())


def _for_any_algorithm(jwk: Mapping[str, Any]) -> Key:
    """The key, without the `alg` that it was made for: a client may sign with any algorithm of the key's kind."""
    return public_key({name: value for name, value in jwk.items() if name != "alg"})


def known_clients(clients: Iterable[Client]) -> dict[str, KnownClient]:
    """`clients` by id with their keys read. Raises ConfigurationError with every key that can't be used."""
    known: dict[str, KnownClient] = {}
    faults: list[ConfigurationFault] = []
    for number, client in enumerate(clients, 1):
        keys = []
        for key_number, jwk in enumerate(client.jwks, 1):
            try:
                keys.append(_for_any_algorithm(jwk))
            except BadKey as error:
                where = f"client[{number}].jwks[{key_number}]"
                faults.append(ConfigurationFault(0, where, f"kan ikke brukes ({error})"))
        known[client.client_id] = KnownClient(client, tuple(keys))
    if faults:
        raise ConfigurationError(faults)
    return known
