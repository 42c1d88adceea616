"""Certificates of the national side, made for one run: a right one, and ones with a single fault."""

from __future__ import annotations

import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: `none` is as it should be; the others have one fault each.
CertificateFault = Literal["none", "unknown_issuer", "wrong_name", "expired", "not_yet_valid", "self_signed"]
_NAME = "localhost"
_OTHER_NAME = "somewhere-else.example"


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its private key, as PEM texts."""

    certificate: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Server:
    """How the national side shows itself: under `name`, with `pair`; the system is told to trust `trusted_pem`.

    With `clients_of` (an issuer's PEM) it asks clients for a certificate of that issuer, and takes no other.
    """

    pair: Pair
    trusted_pem: str
    name: str = _NAME
    clients_of: str | None = None

    def context(self) -> ssl.SSLContext:
        """TLS as the server speaks it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory(prefix="kp-tls-") as folder:
            file = Path(folder) / "server.pem"
            file.write_text(self.pair.certificate + self.pair.key, encoding="utf-8")
            context.load_cert_chain(file)
        if self.clients_of is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=self.clients_of)
        return context


class Issuer:
    """An issuer of certificates whose key lives as long as this object."""

    def __init__(self, name: str = "Knutepunkt samsvarsprøve") -> None:
        self._name = _named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        made = _builder(self._name, self._name, self._key, _valid()).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self._certificate = made.add_extension(_may_sign(), critical=True).sign(self._key, hashes.SHA256())

    @property
    def pem(self) -> str:
        """The issuer's own certificate."""
        return self._certificate.public_bytes(Encoding.PEM).decode()

    def client(self, name: str) -> Pair:
        """A client's certificate."""
        return self._issue(name, ExtendedKeyUsageOID.CLIENT_AUTH, _valid())

    def server(self, fault: CertificateFault = "none", *, clients_of: Issuer | None = None) -> Server:
        """A server on this machine, with `fault`; told to trust this issuer all the same."""
        if fault == "unknown_issuer":
            pair = Issuer("Ukjent utsteder").server().pair
        elif fault == "self_signed":
            pair = _self_signed()
        else:
            name = _OTHER_NAME if fault == "wrong_name" else _NAME
            pair = self._issue(name, ExtendedKeyUsageOID.SERVER_AUTH, _validity(fault))
        return Server(pair, self.pem, clients_of=clients_of.pem if clients_of else None)

    def _issue(self, name: str, purpose: x509.ObjectIdentifier, valid: tuple[datetime, datetime]) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(name)]
        if name == _NAME:
            names.append(x509.IPAddress(IPv4Address("127.0.0.1")))
        made = (
            _builder(_named(name), self._name, key, valid)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        return _pair(made.sign(self._key, hashes.SHA256()), key)


def _self_signed() -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named(_NAME)
    made = _builder(name, name, key, _valid()).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(_NAME)]), critical=False
    )
    return _pair(made.sign(key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, valid: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _pair(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Pair:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Pair(certificate.public_bytes(Encoding.PEM).decode(), private.decode())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _valid() -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    return now - timedelta(hours=1), now + timedelta(days=2)


def _validity(fault: CertificateFault) -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    if fault == "expired":
        return now - timedelta(days=30), now - timedelta(days=1)
    if fault == "not_yet_valid":
        return now + timedelta(days=1), now + timedelta(days=2)
    return _valid()


def _may_sign() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
