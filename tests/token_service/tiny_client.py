"""A client of a token service in a few lines, for tests: it can do everything right, and each thing wrong."""

import json
import time
import uuid
from pathlib import Path

import aiohttp
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from hub.jose.proof import hash_of

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256"]


class _Registry(jws.JWSRegistry):
    max_header_length = 8_192

    def check_header(self, header):
        """Signs whatever is asked for, right or wrong."""


def signed(claims, key, **header):
    """`claims` signed by `key`; a header value of None is left out."""
    curves = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
    alg = header.pop("alg", key.alg or curves.get(key.get("crv"), "RS256"))
    names = {"alg": alg, **{k: v for k, v in header.items() if v is not None}}
    return jws.serialize_compact(names, json.dumps(claims), key, registry=_Registry(algorithms=ALGORITHMS))


def key_in(path: Path):
    jwk = json.loads(path.read_text())
    return ECKey.import_key(jwk) if jwk["kty"] == "EC" else RSAKey.import_key(jwk)


class TinyClient:
    def __init__(self, session: aiohttp.ClientSession, issuer: str, client_id: str, key, *, now=time.time):
        self.session, self.issuer, self.client_id, self.key, self.now = session, issuer, client_id, key, now
        self.proof_key = ECKey.generate_key("P-256")

    @property
    def token_endpoint(self):
        return f"{self.issuer}/connect/token"

    def assertion(self, *, header=None, without=(), key=None, **claims):
        now = int(self.now())
        all_claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.issuer,
            "jti": uuid.uuid4().hex,
            "iat": now,
            "nbf": now,
            "exp": now + 60,
            **claims,
        }
        names = {"typ": "client-authentication+jwt", "kid": self.key.kid, **(header or {})}
        return signed({k: v for k, v in all_claims.items() if k not in without}, key or self.key, **names)

    def form(self, scope=None, **more):
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, **more}
        if "client_assertion" not in form:
            form["client_assertion"] = self.assertion()
        if scope is not None:
            form["scope"] = scope
        return {name: value for name, value in form.items() if value is not None}

    def proof(self, method, address, *, token=None, nonce=None, header=None, key=None, without=(), **claims):
        key = key or self.proof_key
        all_claims = {"jti": uuid.uuid4().hex, "htm": method, "htu": address, "iat": int(self.now()), **claims}
        if token is not None:
            all_claims.setdefault("ath", hash_of(token))
        if nonce is not None:
            all_claims["nonce"] = nonce
        names = {"typ": "dpop+jwt", "jwk": key.as_dict(private=False), **(header or {})}
        return signed({k: v for k, v in all_claims.items() if k not in without}, key, **names)

    async def post(self, form, **headers):
        async with self.session.post(self.token_endpoint, data=form, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None), answer.headers

    async def bearer(self, scope=None, **form):
        status, body, _ = await self.post(self.form(scope, **form))
        assert status == 200, body
        return body

    async def bound(self, scope=None, **form):
        """A token bound to `proof_key`, after the nonce round trip."""
        status, body, headers = await self.post(self.form(scope), DPoP=self.proof("POST", self.token_endpoint))
        assert (status, body["error"]) == (400, "use_dpop_nonce"), body
        proof = self.proof("POST", self.token_endpoint, nonce=headers["DPoP-Nonce"])
        status, body, _ = await self.post(self.form(scope, **form), DPoP=proof)
        assert status == 200, body
        return body
