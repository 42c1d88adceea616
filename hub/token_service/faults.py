"""Every fault that a token or a proof can be ordered with, as data: what to send to the test-token service.

Source: shared standards, section 5; the names are those of HelseID's own test-token service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hub.token_service.ttt_request import ProofFault


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its name, the part that has it, the one parameter that orders it, and the API's error code."""

    name: str
    of: Literal["token", "proof"]
    parameter: Mapping[str, Any]
    error: Literal["invalid_token", "invalid_dpop_proof"]


def _proof(name: str, fault: ProofFault) -> Fault:
    parameter = {"dPoPProofParameters": {"invalidDPoPProofParameters": fault.ttt_name}}
    return Fault(name, "proof", parameter, "invalid_dpop_proof")


FAULTS: tuple[Fault, ...] = (
    Fault("wrong_signing_key", "token", {"signJwtWithInvalidSigningKey": True}, "invalid_token"),
    Fault("wrong_issuer", "token", {"setInvalidIssuer": True}, "invalid_token"),
    Fault("wrong_audience", "token", {"setInvalidAudience": True}, "invalid_token"),
    Fault("expired", "token", {"expirationParameters": {"setExpirationTimeAsExpired": True}}, "invalid_token"),
    Fault("wrong_typ", "token", {"headerParameters": {"typ": "id_token+jwt"}}, "invalid_token"),
    Fault(
        "wrong_key_binding",
        "token",
        {"dPoPProofParameters": {"invalidDPoPProofParameters": ProofFault(13).ttt_name}},
        "invalid_token",
    ),
    _proof("no_htu", ProofFault.DONT_SET_HTU_CLAIM_VALUE),
    _proof("no_htm", ProofFault.DONT_SET_HTM_CLAIM_VALUE),
    _proof("iat_in_the_past", ProofFault.SET_IAT_VALUE_IN_THE_PAST),
    _proof("iat_in_the_future", ProofFault.SET_IAT_VALUE_IN_THE_FUTURE),
    _proof("no_ath", ProofFault.DONT_SET_ATH_CLAIM_VALUE),
    _proof("no_alg", ProofFault.DONT_SET_ALG_HEADER),
    _proof("no_jwk", ProofFault.DONT_SET_JWK_HEADER),
    _proof("no_jti", ProofFault.DONT_SET_JTI_CLAIM),
    _proof("symmetric_algorithm", ProofFault.SET_ALG_HEADER_TO_A_SYMMETRIC_ALGORITHM),
    _proof("private_key_in_jwk", ProofFault.SET_PRIVATE_KEY_IN_JWK_HEADER),
    _proof("wrong_proof_typ", ProofFault.SET_INVALID_TYP_HEADER_VALUE),
    _proof("bad_signature", ProofFault.SET_AN_INVALID_SIGNATURE),
)


def fault_document() -> list[dict[str, Any]]:
    """FAULTS as JSON, for a test kit that goes through them all."""
    return [{"name": f.name, "of": f.of, "parameter": dict(f.parameter), "error": f.error} for f in FAULTS]
