"""The gate: takes a request and the rules of a route, gives the caller or a refusal. Checks in order of cost."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from fastapi import Request

from hub.api.access.caller import Caller, caller_of
from hub.api.access.credentials import Credentials, address_of, credentials_of
from hub.api.access.denied import InsufficientScope, TokenRejected
from hub.api.access.keys import KeySource
from hub.api.access.rules import AccessRules
from hub.api.access.token import RejectedToken, check_claims, check_scope, read_token
from hub.jose.proof import BadProof, Expected, Proof, read_proof
from hub.jose.signed import Signed
from hub.model.errors import AccessDenied
from hub.model.ports import Clock, ReplayStore


@dataclass(frozen=True, slots=True)
class Gate:
    """What every check needs: the issuer's keys, the memory of used proofs, the time."""

    keys: KeySource
    replay: ReplayStore
    clock: Clock

    async def validate(self, request: Request, rules: AccessRules) -> Caller:
        """Who sends `request`, proven by `rules`.

        Raises TokenRejected (401), InsufficientScope (403) or KeysUnavailable (503), all AccessDenied with
        `headers`; a StoreUnavailable of the replay store is passed on.
        """
        credentials = credentials_of(request.headers, rules)
        now = self.clock.real()
        try:
            said = await read_token(credentials.token, self.keys, rules=rules, now=now)
            check_claims(said, rules, now)
            _check_binding_is_meant(said, credentials)
        except RejectedToken as error:
            raise TokenRejected(str(error), error="invalid_token", scheme=credentials.scheme, rules=rules) from error
        if credentials.scheme == "DPoP":
            await self._check_proof(request, credentials, said=said, rules=rules)
        if not check_scope(said, rules):
            raise InsufficientScope(credentials.scheme, rules)
        return caller_of(said, credentials.scheme)

    async def _check_proof(
        self, request: Request, credentials: Credentials, *, said: Signed, rules: AccessRules
    ) -> None:
        def rejected(text: str, error: str = "invalid_dpop_proof") -> TokenRejected:
            return TokenRejected(text, error=error, scheme="DPoP", rules=rules)

        expected = Expected(
            method=request.method,
            addresses=(address_of(request, rules.public_base),),
            now=self.clock.real(),
            access_token=credentials.token,
            age_s=rules.proof_age_s,
            ahead_s=rules.skew_s,
        )
        try:
            proof = read_proof(credentials.proof, expected)
        except BadProof as error:
            raise rejected(str(error)) from error
        if not _is_bound_to(said, proof):
            raise rejected("the token is bound to another key than the proof's", "invalid_token")
        if not await self.replay.first_use("dpop_proof", proof.use_id, proof.use_expires_at):
            raise rejected("jti has been used before")


def require(gate: Gate, rules: AccessRules) -> Callable[[Request], Awaitable[Caller]]:
    """A FastAPI dependency that gives the caller of a route: `caller: Annotated[Caller, Depends(require(…))]`."""

    async def caller(request: Request) -> Caller:
        return await gate.validate(request, rules)

    return caller


def require_known(
    gate: Gate, rules: AccessRules, municipalities: Collection[str]
) -> Callable[[Request], Awaitable[Caller]]:
    """As `require`, for a door at which the token says the municipality: one of the hub's `municipalities`, or 403."""
    access = require(gate, rules)

    async def known(request: Request) -> Caller:
        caller = await access(request)
        if caller.organisation not in municipalities:
            raise AccessDenied("Kommunen i tokenet er ikke satt opp i dette knutepunktet.", code="1.1")
        return caller

    return known


def _thumbprint(said: Signed) -> str | None:
    binding = said.claims.get("cnf")
    thumbprint = binding.get("jkt") if isinstance(binding, dict) else None
    return thumbprint if isinstance(thumbprint, str) else None


def _check_binding_is_meant(said: Signed, credentials: Credentials) -> None:
    """A bound token must come with a proof, and only a bound one may: neither is taken for the other."""
    if credentials.scheme == "Bearer" and "cnf" in said.claims:
        raise RejectedToken("the token is bound to a key: use the DPoP scheme")
    if credentials.scheme == "DPoP" and _thumbprint(said) is None:
        raise RejectedToken("the token is not bound to a key (cnf.jkt)")


def _is_bound_to(said: Signed, proof: Proof) -> bool:
    thumbprint = _thumbprint(said) or ""
    return hmac.compare_digest(thumbprint.encode("utf-8", "surrogatepass"), proof.thumbprint.encode())
