"""Faults in how a client proves who it is."""

from __future__ import annotations

from connectors.helseid import HelseIdClient
from connectors.helseid.client import signed
from hub.jose.keys import new_key
from tests.conformance.broken import Broken
from tests.conformance.broken._signing import Signing, by_shared_secret, client_saying, form_saying, parts


class NamesAnotherIssuer(Signing):
    client = client_saying(lambda _header, claims: claims.update(iss="somebody-else"))


class MeansTheTokenEndpoint(Signing):
    """As clients did before the rule was changed."""

    client = client_saying(lambda _header, claims: claims.update(aud=claims["aud"] + "/connect/token"))


class AssertsForTenMinutes(Signing):
    client = client_saying(lambda _header, claims: claims.update(exp=claims["iat"] + 600))


class KeepsItsAssertion(Signing):
    """Makes one assertion and sends it for as long as it is valid."""

    class client(HelseIdClient):
        def assertion(self, now: float) -> str:
            return str(self.__dict__.setdefault("kept", super().assertion(now)))


class SharesASecret(Signing):
    class client(HelseIdClient):
        def assertion(self, now: float) -> str:
            return by_shared_secret(super().assertion(now))


class SaysOnlyJwt(Signing):
    client = client_saying(lambda header, _claims: header.update(typ="JWT"))


class SignsWithAnotherKey(Signing):
    class client(HelseIdClient):
        def assertion(self, now: float) -> str:
            header, claims = parts(super().assertion(now))
            return signed(claims, new_key("EC"), {**header, "alg": "ES256"})


class NamesNoKey(Signing):
    client = client_saying(lambda header, _claims: header.pop("kid"))


class AsksForAPassword(Signing):
    sign_in = form_saying(lambda form: form.update(grant_type="password"))


class AsksForMore(Signing):
    sign_in = form_saying(lambda form: form.update(scope=form["scope"] + " nhn:kjernejournal/api"))


class SendsASecretToo(Signing):
    sign_in = form_saying(lambda form: form.update(client_secret="s3cret"))


class ShowsItsKey(Signing):
    """Puts its whole key, the private half too, where the public one might be."""

    class client(HelseIdClient):
        def assertion(self, now: float) -> str:
            header, claims = parts(super().assertion(now))
            return signed(claims, self.key, {**header, "jwk": self.key.as_dict(private=True)})


_G = "signin.assertion"
BROKEN = (
    Broken(NamesAnotherIssuer, "names another than itself as the assertion's issuer", (f"{_G}.client",)),
    Broken(MeansTheTokenEndpoint, "names the token endpoint as the assertion's audience", (f"{_G}.audience",)),
    Broken(AssertsForTenMinutes, "makes assertions that are valid for ten minutes", (f"{_G}.lifetime",)),
    Broken(KeepsItsAssertion, "sends an assertion twice", (f"{_G}.used-once", "signin.nonce.new-assertion")),
    Broken(SharesASecret, "signs its assertions with a shared secret", (f"{_G}.algorithm",)),
    Broken(SaysOnlyJwt, "says only JWT of its assertions", (f"{_G}.type",)),
    Broken(SignsWithAnotherKey, "signs its assertions with a key that is not registered", (f"{_G}.signature",)),
    Broken(NamesNoKey, "names no key in its assertions", (f"{_G}.key-id",)),
    Broken(AsksForAPassword, "asks for a token by another grant", (f"{_G}.form",)),
    Broken(AsksForMore, "asks for a scope that it was not given", (f"{_G}.scopes",)),
    Broken(SendsASecretToo, "sends a client secret beside the assertion", (f"{_G}.no-secret",)),
    Broken(ShowsItsKey, "shows its private key in the assertion", (f"{_G}.private-key",)),
)
