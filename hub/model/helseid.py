"""The names that HelseID and VKP give to claims and organisation numbers (shared standards, sections 1 and 5)."""

from __future__ import annotations

ORGNR_PARENT = "helseid://claims/client/claims/orgnr_parent"
ORGNR_CHILD = "helseid://claims/client/claims/orgnr_child"
ORGNR_SUPPLIER = "helseid://claims/client/claims/orgnr_supplier"
CLIENT_TENANCY = "helseid://claims/client/claims/client_tenancy"
CLIENT_NAME = "helseid://claims/client/client_name"
CLIENT_AMR = "helseid://claims/client/amr"

VKP_ID = "nhn:vkp/client/claims/vkp-id"
#: VKP's own claim, another than `CLIENT_AMR`; must be `private_key_jwt`.
VKP_CLIENT_AMR = "client_amr"

AUTHORIZATION_TYPE = "helseid_authorization"
#: Identifier systems of the organisation in that structure: parent and child together, or a child alone.
PARENT_AND_CHILD_SYSTEM = "urn:oid:1.0.6523"
CHILD_SYSTEMS = frozenset({"urn:oid:2.16.578.1.12.4.1.4.101", "urn:oid:2.16.578.1.12.4.1.2.101"})
ORGANISATION_PREFIX = "NO:ORGNR:"

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 — the name of a grant, no secret


def audience_of(scope: str) -> str:
    """The API that a scope belongs to: what stands before the first slash (`nhn:jft/api` is of `nhn:jft`)."""
    return scope.split("/", 1)[0]
