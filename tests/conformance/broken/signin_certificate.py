"""Faults in whom a connector trusts, and in how it shows who it is."""

from __future__ import annotations

import ssl
import warnings

from connectors.settings import ConnectorSettings, transport_of
from connectors.timing import Timer
from connectors.transport import Transport
from tests.conformance.broken import Broken
from tests.conformance.broken._signing import Trusting
from tests.conformance.broken.sound import SoundConnector

#: OpenSSL's X509_V_FLAG_NO_CHECK_TIME.
_ANY_TIME = 0x200000


class TrustsAnybody(Trusting):
    @classmethod
    def loosened(cls, context: ssl.SSLContext) -> None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE


class LooksAtNoName(Trusting):
    @classmethod
    def loosened(cls, context: ssl.SSLContext) -> None:
        context.check_hostname = False


class LooksAtNoDates(Trusting):
    @classmethod
    def loosened(cls, context: ssl.SSLContext) -> None:
        context.verify_flags = ssl.VerifyFlags(context.verify_flags | _ANY_TIME)


class SpeaksOldTls(Trusting):
    @classmethod
    def loosened(cls, context: ssl.SSLContext) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")


class TrustsTheMachineOnly(SoundConnector):
    """Passes over the issuer that it is told to trust."""

    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        tls = settings.tls.model_copy(update={"ca": None}) if settings.tls else None
        return transport_of(settings.model_copy(update={"tls": tls}), timer)


class ShowsNoCertificate(SoundConnector):
    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        tls = settings.tls.model_copy(update={"certificate": None, "key": None}) if settings.tls else None
        return transport_of(settings.model_copy(update={"tls": tls}), timer)


def _both(*names: str) -> tuple[str, ...]:
    return tuple(f"signin.certificate.{name}.{way}" for name in names for way in ("mqtt", "jft"))


BROKEN = (
    Broken(TrustsAnybody, "checks no certificate", _both("unknown-issuer", "self-signed")),
    Broken(LooksAtNoName, "looks at no name in certificates", _both("wrong-name")),
    Broken(LooksAtNoDates, "looks at no dates in certificates", _both("expired", "not-yet-valid")),
    Broken(SpeaksOldTls, "speaks TLS 1.1", _both("old-tls")),
    Broken(TrustsTheMachineOnly, "passes over the issuer to trust", ("signin.certificate.right.jft",)),
    Broken(ShowsNoCertificate, "shows no client certificate", ("signin.certificate.client.jft",)),
)
