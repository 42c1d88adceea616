"""Faults in DPoP proofs, one of each kind that the real test-token service can be asked for, and their use."""

from __future__ import annotations

from connectors.helseid import HelseId
from connectors.helseid.proof import ProofKey
from connectors.helseid.sign_in import _Token
from connectors.http.exchange import HttpRequest, HttpResponse
from tests.conformance.broken import Broken
from tests.conformance.broken._signing import Signing, by_shared_secret, proof_saying


class ProvesNoAddress(Signing):
    proof_key = proof_saying(lambda _header, claims: claims.pop("htu"))


class ProvesTheQueryToo(Signing):
    proof_key = proof_saying(lambda _header, claims: claims.update(htu=claims["htu"] + "?_count=1"))


class ProvesNoMethod(Signing):
    proof_key = proof_saying(lambda _header, claims: claims.pop("htm"))


class ProvesThePast(Signing):
    proof_key = proof_saying(lambda _header, claims: claims.update(iat=claims["iat"] - 600))


class ProvesTheFuture(Signing):
    proof_key = proof_saying(lambda _header, claims: claims.update(iat=claims["iat"] + 600))


class ProvesNoToken(Signing):
    proof_key = proof_saying(lambda _header, claims: claims.pop("ath", None))


class ProvesBySecret(Signing):
    class proof_key(ProofKey):
        def proof(
            self, request: HttpRequest, *, now: float, nonce: str | None = None, access_token: str | None = None
        ) -> str:
            return by_shared_secret(super().proof(request, now=now, nonce=nonce, access_token=access_token))


class ProvesWithoutKey(Signing):
    proof_key = proof_saying(lambda header, _claims: header.pop("jwk"))


class ProvesWithOneId(Signing):
    proof_key = proof_saying(lambda _header, claims: claims.update(jti="always-the-same"))


class ProvesWithPrivateKey(Signing):
    class proof_key(ProofKey):
        def proof(
            self, request: HttpRequest, *, now: float, nonce: str | None = None, access_token: str | None = None
        ) -> str:
            shown = self._key.as_dict(private=True)
            faulty = proof_saying(lambda header, _claims: header.update(jwk=shown))(self._key)
            return faulty.proof(request, now=now, nonce=nonce, access_token=access_token)


class ProvesAsPlainJwt(Signing):
    proof_key = proof_saying(lambda header, _claims: header.update(typ="JWT"))


class ProvesBySomebodyElse(Signing):
    """Shows one key and signs with another."""

    class proof_key(ProofKey):
        def proof(
            self, request: HttpRequest, *, now: float, nonce: str | None = None, access_token: str | None = None
        ) -> str:
            sound = super().proof(request, now=now, nonce=nonce, access_token=access_token)
            other = ProofKey().proof(request, now=now, nonce=nonce, access_token=access_token)
            return f"{sound.rpartition('.')[0]}.{other.rpartition('.')[2]}"


class CallsItBearer(Signing):
    class sign_in(HelseId):
        def _signed_in(self, request: HttpRequest, token: _Token) -> HttpRequest:
            return request.with_headers(Authorization=f"Bearer {token.value}")


class ProvesOnceForEachMessage(Signing):
    """Keeps the proof of a message and sends it with each try."""

    class proof_key(ProofKey):
        def proof(
            self, request: HttpRequest, *, now: float, nonce: str | None = None, access_token: str | None = None
        ) -> str:
            made = super().proof(request, now=now, nonce=nonce, access_token=access_token)
            if access_token is None or request.body is None:
                return made
            kept = self.__dict__.setdefault("kept", {})
            return str(kept.setdefault((request.body, nonce, access_token), made))


class MakesAKeyForEachProof(Signing):
    class proof_key(ProofKey):
        def proof(
            self, request: HttpRequest, *, now: float, nonce: str | None = None, access_token: str | None = None
        ) -> str:
            return ProofKey().proof(request, now=now, nonce=nonce, access_token=access_token)


class IgnoresTheServicesNonce(Signing):
    class proof_key(ProofKey):
        def proof(
            self, request: HttpRequest, *, now: float, nonce: str | None = None, access_token: str | None = None
        ) -> str:
            wanted = nonce if access_token is not None else None
            return super().proof(request, now=now, nonce=wanted, access_token=access_token)


class IgnoresTheApisNonce(Signing):
    class proof_key(ProofKey):
        def proof(
            self, request: HttpRequest, *, now: float, nonce: str | None = None, access_token: str | None = None
        ) -> str:
            wanted = nonce if access_token is None else None
            return super().proof(request, now=now, nonce=wanted, access_token=access_token)


class KeepsTheFirstNonce(Signing):
    class sign_in(HelseId):
        def _remember_nonce(self, server: str, response: HttpResponse) -> bool:
            if server in self._nonces:
                return "dpop-nonce" in response.headers
            return super()._remember_nonce(server, response)


_G = "signin.proof"
BROKEN = (
    Broken(ProvesNoAddress, "proof without htu", (f"{_G}.address",)),
    Broken(ProvesTheQueryToo, "proof with the query in htu", (f"{_G}.address",)),
    Broken(ProvesNoMethod, "proof without htm", (f"{_G}.method",)),
    Broken(ProvesThePast, "proof with iat in the past", (f"{_G}.not-old",)),
    Broken(ProvesTheFuture, "proof with iat in the future", (f"{_G}.not-ahead",)),
    Broken(ProvesNoToken, "proof without ath", (f"{_G}.token-hash",)),
    Broken(ProvesBySecret, "proof signed with a shared secret", (f"{_G}.algorithm",)),
    Broken(ProvesWithoutKey, "proof without jwk", (f"{_G}.key",)),
    Broken(ProvesWithOneId, "proofs with the same jti", (f"{_G}.used-once",)),
    Broken(ProvesWithPrivateKey, "private key in the proof's jwk", (f"{_G}.private-key",)),
    Broken(ProvesAsPlainJwt, "proof of the wrong typ", (f"{_G}.type",)),
    Broken(ProvesBySomebodyElse, "proof with a bad signature", (f"{_G}.signature",)),
    Broken(CallsItBearer, "sends JFT a Bearer token", (f"{_G}.scheme",)),
    Broken(ProvesOnceForEachMessage, "sends a message again with the old proof", (f"{_G}.sent-again",)),
    Broken(MakesAKeyForEachProof, "makes a key for each proof", (f"{_G}.same-key",)),
    Broken(IgnoresTheServicesNonce, "ignores the token service's nonce", ("signin.nonce.token-service",)),
    Broken(IgnoresTheApisNonce, "ignores an API's nonce", ("signin.nonce.api",)),
    Broken(KeepsTheFirstNonce, "keeps the first nonce", ("signin.nonce.api-changes",)),
)
