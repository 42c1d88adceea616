"""Servers for the certificate tests: one that changes its certificate while it runs, one that speaks old TLS only."""

from __future__ import annotations

import ssl
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from hub.conformance.national.certificates import Server


@dataclass(frozen=True, slots=True)
class ChangingServer(Server):
    """A server that `show`s another certificate from then on. Its name and what the system trusts stay."""

    contexts: list[ssl.SSLContext] = field(default_factory=list)

    @classmethod
    def of(cls, server: Server) -> Self:
        """`server`, able to change."""
        return cls(server.pair, server.trusted_pem, server.name, server.clients_of)

    def context(self) -> ssl.SSLContext:
        """TLS as the server speaks it, now and after each `show`."""
        context = Server.context(self)
        self.contexts.append(context)
        return context

    def show(self, other: Server) -> None:
        """Show the certificate of `other` to whoever connects from now on."""
        with tempfile.TemporaryDirectory(prefix="kp-tls-") as folder:
            file = Path(folder) / "server.pem"
            file.write_text(other.pair.certificate + other.pair.key, encoding="utf-8")
            for context in self.contexts:
                context.load_cert_chain(file)


@dataclass(frozen=True, slots=True)
class OldServer(ChangingServer):
    """A server with a right certificate that speaks TLS 1.1 at the most, until it is `renewed`."""

    def context(self) -> ssl.SSLContext:
        """TLS as it was spoken before 2008."""
        context = ChangingServer.context(self)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
            context.minimum_version = ssl.TLSVersion.TLSv1_1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    def renewed(self) -> None:
        """Speak TLS as it should be spoken from now on."""
        for context in self.contexts:
            context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
            context.minimum_version = ssl.TLSVersion.TLSv1_2


def old_tls_works(server: OldServer) -> bool:
    """Whether a client that wants to can speak TLS 1.1 with such a server on this machine."""
    client = ssl.create_default_context(cadata=server.trusted_pem)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        client.minimum_version = ssl.TLSVersion.TLSv1_1
    client.set_ciphers("ALL:@SECLEVEL=0")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    there = server.context()
    ends = (
        client.wrap_bio(to_client, to_server, server_hostname=server.name),
        there.wrap_bio(to_server, to_client, server_side=True),
    )
    try:
        return all(_shake(ends))
    except ssl.SSLError:
        return False


def _shake(ends: tuple[ssl.SSLObject, ssl.SSLObject]) -> list[bool]:
    done = [False, False]
    for turn in range(10):
        end = turn % 2
        if done[end]:
            continue
        try:
            ends[end].do_handshake()
            done[end] = True
        except ssl.SSLWantReadError:
            continue
    return done
