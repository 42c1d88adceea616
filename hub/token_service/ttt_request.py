"""What can be asked of the test-token service: the request of HelseID's own (TTT), by the same names.

TTT reads names regardless of case, so that is done here too. What we don't know is left aside, as there.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class ProofFault(IntEnum):
    """One fault of a DPoP proof, by TTT's number and name (the last: of the token that the proof belongs to)."""

    NONE = 0
    DONT_SET_HTU_CLAIM_VALUE = 1
    DONT_SET_HTM_CLAIM_VALUE = 2
    SET_IAT_VALUE_IN_THE_PAST = 3
    SET_IAT_VALUE_IN_THE_FUTURE = 4
    DONT_SET_ATH_CLAIM_VALUE = 5
    DONT_SET_ALG_HEADER = 6
    DONT_SET_JWK_HEADER = 7
    DONT_SET_JTI_CLAIM = 8
    SET_ALG_HEADER_TO_A_SYMMETRIC_ALGORITHM = 9
    SET_PRIVATE_KEY_IN_JWK_HEADER = 10
    SET_INVALID_TYP_HEADER_VALUE = 11
    SET_AN_INVALID_SIGNATURE = 12
    SET_AN_INVALID_JKT_VALUE_IN_TOKEN = 13

    @property
    def ttt_name(self) -> str:
        """The name by which TTT knows it (`DontSetHtuClaimValue`)."""
        return "".join(part.capitalize() for part in self.name.split("_"))


def _fault(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = next((f for f in ProofFault if f.ttt_name.lower() == value.lower()), None)
    if found is None:
        raise ValueError("unknown fault")
    return found


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=lambda name: name.replace("_", ""))


class ExpirationParameters(_Part):
    """When the token expires; `set_expiration_time_as_expired` puts all its times in the past."""

    set_expiration_time_as_expired: bool = False
    expiration_time_in_seconds: int | None = None
    expiration_time_in_days: int | None = None


class HeaderParameters(_Part):
    """The token's header."""

    typ: str = ""


class ClientClaimsParameters(_Part):
    """What the token says of its client."""

    scope: tuple[str, ...] = ()
    client_id: str = ""
    orgnr_parent: str = ""
    orgnr_child: str = ""
    orgnr_supplier: str = ""
    client_tenancy_type: int | str | None = None
    client_name: str = ""
    authentication_methods_references: tuple[str, ...] = ()
    client_authentication_methods_references: str = ""
    jti: str = ""
    cnf_jkt: str = ""
    cnf_public_key: str = ""


class ApiSpecificClaim(_Part):
    """A claim of the API's own, such as VKP's `nhn:vkp/client/claims/vkp-id`."""

    type: str
    value: str


class ProofParameters(_Part):
    """What the DPoP proof says, the key that signs it (a private JWK as JSON text), and its one fault."""

    htu_claim_value: str = ""
    htm_claim_value: str = ""
    private_key_for_proof_creation: str = ""
    invalid_dpop_proof_parameters: Annotated[ProofFault, BeforeValidator(_fault)] = ProofFault.NONE


class TestTokenRequest(_Part):
    """One token, and one proof where `create_dpop_token_with_dpop_proof` is set."""

    __test__ = False  # not a test, for all its name

    audience: str = Field(min_length=1)
    without_default_client_claims: bool = False
    sign_jwt_with_invalid_signing_key: bool = False
    set_invalid_issuer: bool = False
    set_invalid_audience: bool = False
    create_dpop_token_with_dpop_proof: bool = False
    expiration_parameters: ExpirationParameters = ExpirationParameters()
    header_parameters: HeaderParameters = HeaderParameters()
    client_claims_parameters: ClientClaimsParameters = ClientClaimsParameters()
    dpop_proof_parameters: ProofParameters = ProofParameters()
    api_specific_claims: tuple[ApiSpecificClaim, ...] = ()


def read_ttt_request(body: object) -> TestTokenRequest:
    """The request in a JSON `body`, names in any case. Raises pydantic's ValidationError."""
    return TestTokenRequest.model_validate(_lowered(body))


def _lowered(value: object) -> Any:
    """`value` with the names of all objects in lower case, and what is null left out."""
    if isinstance(value, dict):
        return {str(name).lower(): _lowered(v) for name, v in value.items() if v is not None}
    return [_lowered(item) for item in value] if isinstance(value, list) else value
