"""What NHN's published sample client does, step by step: it must get its token and its answers."""

import time
import uuid

import pytest

from tests.api.national import ORGANISATION
from tests.api.shared import on_one_loop
from tests.token_service.tiny_client import ASSERTION_TYPE, signed

pytestmark = on_one_loop

SCOPES = [
    "nhn:vkp/api/user/bundle.write",
    "nhn:vkp/api/user/careplan.read",
    "nhn:vkp/api/user/composition.read",
    "nhn:vkp/api/user/patient.read",
    "nhn:vkp/api/user/allergyintolerance.read",
]


async def sample_token(one_hub, one_session):
    """It names the service's own key as `kid` when there is one only, writes `iat` as a text, and sends no proof."""
    async with one_session.get(f"{one_hub.issuer}/.well-known/openid-configuration") as answer:
        discovered = await answer.json()
    async with one_session.get(discovered["jwks_uri"]) as answer:
        keys = (await answer.json())["keys"]
    assert len(keys) == 1
    now = int(time.time())
    claims = {
        "iss": "test-client",
        "aud": one_hub.issuer,
        "sub": "test-client",
        "iat": str(now),
        "jti": uuid.uuid4().hex,
        "nbf": now,
        "exp": now + 30,
    }
    assertion = signed(claims, one_hub.keys["test-client"], typ="client-authentication+jwt", kid=keys[0]["kid"])
    form = {
        "grant_type": "client_credentials",
        "client_id": "test-client",
        "scope": " ".join(SCOPES),
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }
    async with one_session.post(discovered["token_endpoint"], data=form) as answer:
        body = await answer.json()
        assert answer.status == 200, body
    assert body["token_type"] == "Bearer"
    return body["access_token"]


@pytest.mark.parametrize(
    ("path", "codes", "form", "most"),
    [
        ("patient", "rt", None, 4),
        ("patient", "rt", {"identifier": "13116900216"}, 1),
        ("allergyintolerance", "ta", {"identifier": "13116900216"}, 1),
        (
            "careplan",
            "ta,gps",
            [
                ("patient.identifier", "13116900216"),
                ("date", "ge2024-05-17T07:08:09Z"),
                ("date", "le2024-12-24T09:08:07Z"),
            ],
            2,
        ),
        ("composition", "dho", [("patient.identifier", "13116900216"), ("date", "ge2024-05-17T07:08:09Z")], 0),
    ],
)
async def test_its_searches_are_answered_with_bundles(one_hub, one_session, path, codes, form, most):
    headers = {"Authorization": f"Bearer {await sample_token(one_hub, one_session)}", "ServiceCodes": codes}
    url = f"{one_hub.http}/epj/r4/{ORGANISATION}/{path}/_search"
    async with one_session.post(url, data=form, headers=headers) as answer:
        body = await answer.json(content_type=None)
        assert answer.status == 200, body
    assert body["resourceType"] == "Bundle"
    assert len(body.get("entry", [])) == most
