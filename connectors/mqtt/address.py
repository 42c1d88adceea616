"""Where the broker is, who we are to it, and how the line is protected."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Tls:
    """TLS with a trusted issuer (`ca`; the machine's own list when None) and, if given, a client certificate.

    `certificate` and `key` are PEM files. The certificate's host name is always checked.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def context(self) -> ssl.SSLContext:
        """The settings as an SSL context. Raises OSError or ssl.SSLError on files that can't be used."""
        context = ssl.create_default_context(cafile=self.ca)
        if self.certificate is not None:
            context.load_cert_chain(self.certificate, self.key)
        return context


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker publishes for us when the connection is lost without a goodbye (QoS 1)."""

    topic: str
    payload: bytes
    retain: bool = True


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A broker's address, taken apart."""

    host: str
    port: int
    tls: bool
    username: str | None
    password: str | None

    @classmethod
    def parse(cls, url: str) -> BrokerAddress:
        """Read `mqtt[s]://[user:password@]host[:port]`. Raises ValueError on anything else."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("a broker address looks like mqtt://host:port or mqtts://host:port")
        port = parts.port if parts.port is not None else _PORTS[parts.scheme]
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(parts.hostname, port, parts.scheme == "mqtts", user, password)
