"""The sound connector with one part of its sign-in, or of its TLS, exchanged."""

from __future__ import annotations

import json
import ssl
from abc import abstractmethod
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from joserfc import jws
from joserfc.jwk import OctKey

from connectors.helseid import HelseId, HelseIdClient
from connectors.helseid.client import signed
from connectors.helseid.proof import ProofKey
from connectors.http.exchange import HttpRequest
from connectors.mqtt import Tls
from connectors.settings import ConnectorSettings, TlsSettings, transport_of
from connectors.timing import Timer
from connectors.transport import Transport
from connectors.transport.http import JftTransport, VkpTransport
from tests.conformance.broken.sound import SoundConnector

#: Changes a JWT's header and claims before it is signed.
Change = Callable[[dict[str, Any], dict[str, Any]], object]
#: Changes the fields of a token request.
FormChange = Callable[[dict[str, str]], object]


class Signing(SoundConnector):
    """Signs in by the parts that it names; the sound ones, where a subclass names no other."""

    client: ClassVar[type[HelseIdClient]] = HelseIdClient
    proof_key: ClassVar[type[ProofKey]] = ProofKey
    sign_in: ClassVar[type[HelseId]] = HelseId

    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        transport = transport_of(settings, timer)
        if settings.helseid is not None:
            assert isinstance(transport, JftTransport | VkpTransport)
            known = settings.helseid.client()
            client = cls.client(known.issuer, known.client_id, known.key, known.scopes)
            transport._sign_in = cls.sign_in(client, clock=timer, proof_key=cls.proof_key())
        return transport


class Trusting(SoundConnector):
    """Speaks TLS as `loosened` makes it."""

    @classmethod
    @abstractmethod
    def loosened(cls, context: ssl.SSLContext) -> None: ...

    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        tls = settings.tls

        class Loose(Tls):
            def context(self) -> ssl.SSLContext:
                made = super().context()
                cls.loosened(made)
                return made

        class LooseSettings(TlsSettings):
            def tls(self) -> Tls:
                return Loose(self.ca, self.certificate, self.key)

        if tls is None:
            return transport_of(settings, timer)
        loose = LooseSettings.model_construct(ca=tls.ca, certificate=tls.certificate, key=tls.key)
        return transport_of(settings.model_copy(update={"tls": loose}), timer)


def client_saying(change: Change) -> type[HelseIdClient]:
    """A client whose assertions are changed before they are signed by its key."""

    class Faulty(HelseIdClient):
        def assertion(self, now: float) -> str:
            header, claims = parts(super().assertion(now))
            change(header, claims)
            return signed(claims, self.key, header)

    return Faulty


def proof_saying(change: Change) -> type[ProofKey]:
    """A proof key whose proofs are changed before they are signed by it."""

    class Faulty(ProofKey):
        def proof(
            self, request: HttpRequest, *, now: float, nonce: str | None = None, access_token: str | None = None
        ) -> str:
            header, claims = parts(super().proof(request, now=now, nonce=nonce, access_token=access_token))
            change(header, claims)
            return signed(claims, self._key, header)

    return Faulty


def form_saying(change: FormChange) -> type[HelseId]:
    """A sign-in whose token requests have changed fields."""

    class Faulty(HelseId):
        def _token_request(self, endpoint: str) -> HttpRequest:
            request = super()._token_request(endpoint)
            fields = dict(parse_qsl((request.body or b"").decode()))
            change(fields)
            return replace(request, body=urlencode(fields).encode())

    return Faulty


def by_shared_secret(text: str) -> str:
    """The JWT in `text` signed anew with HS256."""
    header, claims = parts(text)
    key = OctKey.generate_key(256)
    return jws.serialize_compact({**header, "alg": "HS256"}, json.dumps(claims), key, registry=_SYMMETRIC)


def parts(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a JWT."""
    header, claims = (json.loads(urlsafe_b64decode(part + "==")) for part in text.split(".")[:2])
    return header, claims


_SYMMETRIC = jws.JWSRegistry(algorithms=["HS256"], strict_check_header=False)
_SYMMETRIC.max_header_length = 4_096
