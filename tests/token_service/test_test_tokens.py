"""The test-token service: valid tokens to order, and every fault of section 5 by one parameter each."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from hub.jose.signed import peek
from hub.token_service import FAULTS


async def ordered(world, session, path="/v2/create-test-token-with-key", **request):
    async with session.post(f"{world.issuer}{path}", json=request, headers={"X-Auth-Key": "any"}) as answer:
        return answer.status, await answer.json()


async def claims(world, session, **request):
    status, body = await ordered(world, session, **{"audience": "nhn:jft", **request})
    assert (status, body["isError"]) == (200, False), body
    return peek(body["successResponse"]["accessTokenJwt"]).claims


async def test_a_generic_token_has_default_claims(world, session):
    said = await claims(world, session)
    assert (said["iss"], said["aud"], said["scope"]) == (world.issuer, "nhn:jft", ["nhn:jft/api"])
    assert said["helseid://claims/client/claims/orgnr_parent"] == "314159265"


async def test_names_are_read_in_any_case_as_by_helseids_own_service(world, session):
    status, body = await ordered(world, session, path="/create-test-token", Audience="nhn:pit", SetInvalidIssuer=True)
    assert status == 200
    assert peek(body["successResponse"]["accessTokenJwt"]).claims["iss"] != world.issuer


async def test_a_registered_clients_claims_are_taken_by_its_id(world, session):
    said = await claims(world, session, clientClaimsParameters={"clientId": "test-client"})
    assert said["nhn:vkp/client/claims/vkp-id"] == "Acme_Alarm_Testvik"
    assert (said["client_id"], said["scope"]) == ("test-client", ["nhn:jft/api"])


async def test_only_the_named_claims_are_set_when_the_default_ones_are_left_out(world, session):
    given = {"scope": ["a", "b"], "orgnrParent": "994598759", "clientTenancyType": 2, "clientName": "N", "jti": "j"}
    extra = [{"type": "nhn:vkp/client/claims/vkp-id", "value": "X"}]
    said = await claims(
        world, session, withoutDefaultClientClaims=True, clientClaimsParameters=given, apiSpecificClaims=extra
    )
    assert {k: v for k, v in said.items() if k not in {"iss", "aud", "exp", "nbf", "iat"}} == {
        "scope": ["a", "b"],
        "helseid://claims/client/claims/orgnr_parent": "994598759",
        "helseid://claims/client/claims/client_tenancy": "multi-tenant",
        "helseid://claims/client/client_name": "N",
        "jti": "j",
        "nhn:vkp/client/claims/vkp-id": "X",
    }


async def test_the_lifetime_can_be_set(world, session):
    said = await claims(world, session, expirationParameters={"expirationTimeInSeconds": 42})
    assert said["exp"] - said["iat"] == 42
    said = await claims(world, session, expirationParameters={"setExpirationTimeAsExpired": True})
    assert said["exp"] < world.clock.real()


async def test_the_token_can_be_bound_to_a_key_of_the_askers_own(world, session):
    key = ECKey.generate_key("P-256")
    private, public = json.dumps(key.as_dict(private=True)), json.dumps(key.as_dict(private=False))
    proof = {"htmClaimValue": "GET", "htuClaimValue": "http://x/", "privateKeyForProofCreation": private}
    said = await claims(world, session, createDPoPTokenWithDPoPProof=True, dPoPProofParameters=proof)
    assert said["cnf"]["jkt"] == key.thumbprint()
    said = await claims(world, session, clientClaimsParameters={"cnfPublicKey": public})
    assert said["cnf"]["jkt"] == key.thumbprint()
    said = await claims(world, session, clientClaimsParameters={"cnfJkt": "thumb"})
    assert said["cnf"]["jkt"] == "thumb"


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"audience": ""},
        {"audience": "a", "createDPoPTokenWithDPoPProof": True},
        {"audience": "a", "clientClaimsParameters": {"cnfPublicKey": "{}"}},
        {"audience": "a", "clientClaimsParameters": "x"},
        {"audience": "a", "dPoPProofParameters": {"invalidDPoPProofParameters": "Nonsense"}},
        {
            "audience": "a",
            "createDPoPTokenWithDPoPProof": True,
            "dPoPProofParameters": {"htmClaimValue": "GET", "htuClaimValue": "x", "privateKeyForProofCreation": "{}"},
        },
    ],
)
async def test_an_order_that_cannot_be_met_is_told(world, session, request_):
    status, body = await ordered(world, session, **request_)
    assert (status, body["isError"]) == (400, True)
    assert body["errorResponse"]["errorMessage"]


async def test_the_table_of_faults_can_be_fetched_by_a_test_kit(world, session):
    async with session.get(f"{world.issuer}/test-token-faults") as answer:
        table = await answer.json()
    assert [row["name"] for row in table] == [fault.name for fault in FAULTS]
    assert all(len(row["parameter"]) == 1 for row in table)


def test_the_page_for_vendors_names_every_parameter_that_orders_a_fault():
    page = (Path(__file__).parents[2] / "docs/api/helseid.md").read_text(encoding="utf-8")
    for fault in FAULTS:
        ((name, value),) = fault.parameter.items()
        inner = next(iter(value.items())) if isinstance(value, dict) else (name, value)
        assert (inner[1] if isinstance(inner[1], str) and name == "dPoPProofParameters" else inner[0]) in page
