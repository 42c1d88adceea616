"""How a simulated EPJ signs in to JFT: a client of the token service, with DPoP on every request."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from joserfc.jwk import Key

from hub.jose.keys import algorithm_of, new_key, private_key, public_jwk
from hub.jose.proof import hash_of
from hub.jose.signed import sign

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_S = 45
#: A token is fetched anew when it has less left than this, and after this long in any case, in seconds.
_MARGIN_S, _LONGEST_S = 30.0, 120.0
_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Client:
    """Who the EPJ is to the token service at `issuer`; its private key is the JWK in the file `private_jwk`."""

    issuer: str
    client_id: str
    private_jwk: Path
    scope: str = "nhn:jft/api"


class SignIn:
    """Gives the headers of a request: a token, and a proof that it is ours. One token serves until it grows old."""

    def __init__(self, client: Client, *, now: Callable[[], float] = time.time) -> None:
        self._client = client
        self._now = now
        self._key: Key = private_key(json.loads(client.private_jwk.read_text(encoding="utf-8")))
        self._proof_key: Key = new_key("EC")
        self._token: tuple[str, float] | None = None
        self._nonce: str | None = None

    async def __call__(self, method: str, url: str) -> Mapping[str, str]:
        """The headers for a request. Raises aiohttp.ClientError or ValueError when no token can be had."""
        token = await self._valid_token()
        return {"Authorization": f"DPoP {token}", "DPoP": self._proof(method, url, ath=hash_of(token))}

    async def _valid_token(self) -> str:
        if self._token is None or self._token[1] <= self._now():
            self._token = await self._fetch()
        return self._token[0]

    async def _fetch(self) -> tuple[str, float]:
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            for _ in range(2):  # the service demands a nonce the first time, and when the last one is too old
                said = await self._ask(session)
                if "access_token" in said:
                    lasts = min(float(said["expires_in"]) - _MARGIN_S, _LONGEST_S)
                    return str(said["access_token"]), self._now() + lasts
        raise ValueError(f"the token service refuses: {said.get('error')}")

    async def _ask(self, session: aiohttp.ClientSession) -> dict[str, Any]:
        address = f"{self._client.issuer}/connect/token"
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client.client_id,
            "scope": self._client.scope,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._assertion(),
        }
        more = {"nonce": self._nonce} if self._nonce else {}
        async with session.post(address, data=form, headers={"DPoP": self._proof("POST", address, **more)}) as answer:
            self._nonce = answer.headers.get("DPoP-Nonce", self._nonce)
            said = await answer.json(content_type=None)
        return said if isinstance(said, dict) else {}

    def _assertion(self) -> str:
        now, client_id = int(self._now()), self._client.client_id
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": self._client.issuer,
            "jti": uuid.uuid4().hex,
            "iat": now,
            "exp": now + _ASSERTION_S,
        }
        header = {"alg": algorithm_of(self._key), "typ": "client-authentication+jwt", "kid": self._key.kid}
        return sign(claims, self._key, header=header)

    def _proof(self, method: str, url: str, **more: str) -> str:
        claims = {"jti": uuid.uuid4().hex, "htm": method, "htu": url.partition("?")[0], "iat": int(self._now()), **more}
        header = {"alg": algorithm_of(self._proof_key), "typ": "dpop+jwt", "jwk": public_jwk(self._proof_key)}
        return sign(claims, self._proof_key, header=header)
