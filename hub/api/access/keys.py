"""Where the issuer's public keys come from: given, or fetched by its discovery document and kept for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import aiohttp
import orjson
from joserfc.jwk import Key

from hub.api.access.denied import KeysUnavailable
from hub.jose.keys import BadKey, public_key

#: Seconds: how long fetched keys are believed, how often an unknown key id may cause a new fetch, and a fetch's limit.
KEEP_S = 3_600
REFRESH_AT_MOST_EVERY_S = 30
TIMEOUT_S = 5
_MAX_DOCUMENT = 262_144


class KeySource(Protocol):
    """Finds the keys that may have signed a token."""

    async def find(self, key_id: str | None, now: float) -> Sequence[Key]:
        """The public keys for `key_id`, none when it isn't known. Raises KeysUnavailable when that can't be told."""
        ...


class GivenKeys:
    """Keys that are known from the start."""

    def __init__(self, jwks: Iterable[Mapping[str, Any]]) -> None:
        self._keys = _readable(list(jwks))

    async def find(self, key_id: str | None, now: float) -> Sequence[Key]:
        """The keys for `key_id`; a token that names no key may be signed by any."""
        return _named(self._keys, key_id)


class RemoteKeys:
    """The keys of the issuer at an address, such as HelseID's test environment's.

    A key id that isn't known causes a new fetch, at most every REFRESH_AT_MOST_EVERY_S seconds, so that the issuer
    can change keys at any time. When a fetch fails, keys that were fetched before are used on.
    """

    def __init__(self, issuer: str, session: aiohttp.ClientSession) -> None:
        self._issuer = issuer
        self._session = session
        self._lock = asyncio.Lock()
        self._keys: tuple[Key, ...] | None = None
        self._fetched_at = self._tried_at = float("-inf")

    async def find(self, key_id: str | None, now: float) -> Sequence[Key]:
        """The keys for `key_id` at `now` (seconds since 1970)."""
        if not self._has_fresh(key_id, now):
            async with self._lock:
                if not self._has_fresh(key_id, now) and now - self._tried_at >= REFRESH_AT_MOST_EVERY_S:
                    await self._refresh(now)
        if self._keys is None:
            raise KeysUnavailable("the issuer's keys can't be fetched")
        return _named(self._keys, key_id)

    def _has_fresh(self, key_id: str | None, now: float) -> bool:
        return self._keys is not None and now - self._fetched_at < KEEP_S and bool(_named(self._keys, key_id))

    async def _refresh(self, now: float) -> None:
        self._tried_at = now
        try:
            document = await self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            address = str(document["jwks_uri"])
            if document["issuer"] != self._issuer or not address.startswith(self._issuer.partition(":")[0]):
                return  # somebody else's document, or keys over http for an issuer over https
            keys = _readable((await self._fetch(address))["keys"])
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError):
            return  # what was fetched before is used on, and `find` tells when there is nothing
        if keys:
            self._keys, self._fetched_at = keys, now

    async def _fetch(self, address: str) -> Any:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with self._session.get(address, timeout=timeout, allow_redirects=False) as answer:
            answer.raise_for_status()
            return orjson.loads(await answer.content.read(_MAX_DOCUMENT))


def _readable(jwks: Sequence[Any]) -> tuple[Key, ...]:
    """The keys among `jwks` that can be used (RFC 7517, 5: others are left aside)."""
    keys = []
    for jwk in jwks:
        try:
            keys.append(public_key(jwk))
        except BadKey:
            continue
    return tuple(keys)


def _named(keys: Sequence[Key], key_id: str | None) -> Sequence[Key]:
    return [key for key in keys if key_id is None or key.kid == key_id]
