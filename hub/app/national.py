"""Wires the national doors and the token service: who is trusted, where they are, what they share."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp
from fastapi import FastAPI
from joserfc.jwk import Key

from hub.api import errors, jft, lint, pit, pmd, vkp
from hub.api.access import AccessRules, ClaimRule, Gate, KeySource, RemoteKeys
from hub.api.vkp.forwarding import Forwarding
from hub.api.vkp.measured import Meter
from hub.app.addresses import addresses
from hub.app.console import People
from hub.app.parts import pseudonym_key
from hub.app.test_clients import TEST_CLIENT
from hub.ingest.accepting import Ingest
from hub.model import helseid
from hub.model.note import JournalNote
from hub.model.ports import Clock, ReplayStore
from hub.model.usage import UsageRecord
from hub.routing import routing_table
from hub.settings import Settings
from hub.store.delivering import Delivery
from hub.store.engine import Engines
from hub.token_service import KEY_FILE, SigningKeys, TokenService, known_clients
from hub.token_service.routes import router as token_router

#: NHN's sample client looks up on the response service, which the test client's sender need not have.
_SAMPLE_CLIENT_ASKS_ON = frozenset({"rt"})
PREFIXES = ("/epj/r4", "/jft", "/pit", "/pmd")


Close = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class NationalParts:
    """What the national doors share with the rest of the hub.

    `http` is the hub's address as clients see it; `pulling` are the municipalities whose EPJ fetches its notes.
    """

    settings: Settings
    engines: Engines
    ingest: Ingest
    clock: Clock
    replay: ReplayStore
    data_directory: Path
    http: str
    pulling: frozenset[str]
    document: Callable[[JournalNote, str | None], bytes]
    usage_of: Callable[[Delivery, datetime], UsageRecord]
    new_id: Callable[[], str]
    people: People | None = None


def add_national_doors(app: FastAPI, parts: NationalParts) -> Close:
    """Put the token service and the doors into `app`; what gives their connections back when it is over.

    Raises ConfigurationError when a client's key is unusable.
    """
    errors.install(app, PREFIXES)
    service = _token_service(parts)
    app.include_router(token_router(service), prefix="/helseid")
    trusted = _Trusted(parts, service)
    app.include_router(vkp.router(_vkp(parts, trusted)))
    app.include_router(jft.router(_jft(parts, trusted)))
    app.include_router(pit.router(_pit(parts, trusted)))
    app.include_router(pmd.router(_pmd(parts, trusted)))
    app.include_router(lint.router(parts.clock, parts.settings.mode, routing_table(parts.settings)))
    app.add_middleware(vkp.AnyCase)
    return trusted.aclose


class _Trusted:
    """Whose tokens count, and the rules that the doors hold them to."""

    def __init__(self, parts: NationalParts, service: TokenService) -> None:
        other = parts.settings.token_service.issuer
        self.public_base = parts.settings.http.public_url
        self.issuer = other or service.issuer
        self._others = _OtherIssuersKeys(other) if other else None
        keys: KeySource = self._others or service.keys
        self.gate = Gate(keys, parts.replay, parts.clock)

    def rules(self, audience: str, *scopes: str) -> AccessRules:
        """DPoP, one of `scopes`, and the main organisation's number."""
        claims = (ClaimRule(helseid.ORGNR_PARENT),)
        return AccessRules(self.issuer, audience, any_scope=scopes, claims=claims, public_base=self.public_base)

    async def aclose(self) -> None:
        """Give back the connection to another issuer, where there is one."""
        if self._others is not None:
            await self._others.aclose()


class _OtherIssuersKeys:
    """Keys of another issuer, over a session that is opened at first need."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._session: aiohttp.ClientSession | None = None
        self._keys: RemoteKeys | None = None

    async def find(self, key_id: str | None, now: float) -> Sequence[Key]:
        """The issuer's keys for `key_id`. Raises KeysUnavailable."""
        if self._keys is None:
            self._session = aiohttp.ClientSession()
            self._keys = RemoteKeys(self._issuer, self._session)
        return await self._keys.find(key_id, now)

    async def aclose(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()


def _token_service(parts: NationalParts) -> TokenService:
    settings = parts.settings
    return TokenService(
        issuer=addresses(parts.http)["token_service"],
        clients=known_clients((*settings.client, *((parts.people.client,) if parts.people else ()))),
        keys=SigningKeys(parts.data_directory / KEY_FILE),
        replay=parts.replay,
        clock=parts.clock,
        new_id=lambda: uuid.uuid4().hex,
        mode=settings.mode,
        assertion_audience=settings.token_service.assertion_audience,
        test_users=parts.people.test_users if parts.people else (),
    )


def _municipalities(settings: Settings) -> frozenset[str]:
    return frozenset(m.organisation_number for m in settings.municipality)


def _jft(parts: NationalParts, trusted: _Trusted) -> jft.Jft:
    return jft.Jft(
        engines=parts.engines,
        ingest=parts.ingest,
        clock=parts.clock,
        gate=trusted.gate,
        rules=trusted.rules(jft.AUDIENCE, jft.SCOPE),
        settings=parts.settings.jft,
        base=addresses(parts.http)["jft_write"],
        municipalities=_municipalities(parts.settings),
        pulling=parts.pulling,
        document=parts.document,
        usage_of=parts.usage_of,
        new_id=parts.new_id,
        timeout_s=parts.settings.vkp.timeout_s,
    )


def _vkp(parts: NationalParts, trusted: _Trusted) -> vkp.Vkp:
    settings = parts.settings
    also = {TEST_CLIENT: _SAMPLE_CLIENT_ASKS_ON} if settings.mode == "test" else {}
    forwarded = frozenset((row.municipality, row.sender) for row in settings.jft.forward)
    return vkp.Vkp(
        engines=parts.engines,
        ingest=parts.ingest,
        clock=parts.clock,
        gate=trusted.gate,
        trust=vkp.Trust(trusted.issuer, trusted.public_base, settings.mode),
        authorisations=vkp.authorisations(settings, also=also),
        forwarding=Forwarding(parts.engines, forwarded, settings.mode),
        meter=Meter(parts.engines, pseudonym_key(parts.data_directory), parts.new_id),
        base=addresses(parts.http)["vkp"],
        timeout_s=settings.vkp.timeout_s,
    )


def _pit(parts: NationalParts, trusted: _Trusted) -> pit.Pit:
    return pit.Pit(
        engines=parts.engines,
        clock=parts.clock,
        gate=trusted.gate,
        reading=trusted.rules(pit.AUDIENCE, pit.READ_SCOPE),
        writing=trusted.rules(pit.AUDIENCE, pit.WRITE_SCOPE),
        base=addresses(parts.http)["pit"],
        municipalities=_municipalities(parts.settings),
        mode=parts.settings.mode,
    )


def _pmd(parts: NationalParts, trusted: _Trusted) -> pmd.Pmd:
    settings = parts.settings
    return pmd.Pmd(
        engines=parts.engines,
        ingest=parts.ingest,
        clock=parts.clock,
        gate=trusted.gate,
        rules=trusted.rules(helseid.audience_of(settings.pmd.scope), settings.pmd.scope),
        settings=settings.pmd,
        base=addresses(parts.http)["pmd"],
        municipalities=_municipalities(settings),
        numbers={m.organisation_number: m.number for m in settings.municipality if m.number},
        mode=settings.mode,
        timeout_s=settings.vkp.timeout_s,
    )
