"""Which organisation a token speaks for: the client's own, or the one that a multi-tenant client names."""

import pytest

from hub.jose.signed import peek
from tests.token_service.tiny_client import TinyClient
from tests.token_service.world import client_with_key, world_at

PARENT, CHILD = ("helseid://claims/client/claims/orgnr_parent", "helseid://claims/client/claims/orgnr_child")
SUPPLIER = "helseid://claims/client/claims/orgnr_supplier"
TENANCY = "helseid://claims/client/claims/client_tenancy"


def details(value, system="urn:oid:1.0.6523", kind="ENH"):
    identifier = {"system": system, "type": kind, "value": value}
    return {"type": "helseid_authorization", "practitioner_role": {"organization": {"identifier": identifier}}}


@pytest.fixture
async def vendor(tmp_path, session):
    """A multi-tenant client whose supplier has 314159265's delegation."""
    fields = {
        "tenancy": "multi-tenant",
        "organisation_number": None,
        "supplier": "994598759",
        "delegations": ["314159265"],
    }
    made, key = client_with_key(tmp_path, "vendor", **fields)
    with world_at(tmp_path, more_clients=[(made, key)]) as world:
        yield TinyClient(session, world.issuer, "vendor", key)


async def claims_with(client, **said):
    return peek((await client.bearer(client_assertion=client.assertion(**said)))["access_token"]).claims


@pytest.mark.parametrize("name", ["assertion_details", "authorization_details"])
@pytest.mark.parametrize("form", [lambda d: d, lambda d: [d], lambda d: [{"type": "other"}, d]], ids="abc")
async def test_a_multi_tenant_client_names_parent_and_child(vendor, name, form):
    claims = await claims_with(vendor, **{name: form(details("NO:ORGNR:314159265:994598759"))})
    assert (claims[PARENT], claims[CHILD]) == ("314159265", "994598759")
    assert (claims[SUPPLIER], claims[TENANCY]) == ("994598759", "multi-tenant")


async def test_a_multi_tenant_client_may_name_the_parent_alone(vendor):
    for value in ("NO:ORGNR:314159265", "NO:ORGNR:314159265:"):
        claims = await claims_with(vendor, assertion_details=details(value))
        assert claims[PARENT] == "314159265"
        assert CHILD not in claims


async def test_a_multi_tenant_client_that_names_nobody_speaks_for_nobody(vendor):
    assert PARENT not in await claims_with(vendor)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        (details("NO:ORGNR:994598759"), 1001),
        (details("NO:ORGNR:31415926"), 1004),
        (details("NO:ORGNR:314159265:99459875x"), 1004),
        (details("NO:ORGNR:٣14159265"), 1004),
        (details("314159265"), 1007),
        (details("NO:ORGNR:1:2:3"), 1007),
        (details("314159265", system="urn:oid:2.16.578.1.12.4.1.4.101"), 1007),
        (details("NO:ORGNR:314159265", system="urn:oid:1.2.3"), 1007),
        (details("NO:ORGNR:314159265", kind="PERSON"), 1007),
        ([details("NO:ORGNR:314159265")] * 2, 1007),
        ({"type": "helseid_authorization"}, 1007),
        ({"type": "helseid_authorization", "practitioner_role": "me"}, 1007),
    ],
)
async def test_what_cannot_be_honoured_is_refused_with_helseids_number(vendor, said, number):
    status, body, _ = await vendor.post(vendor.form(client_assertion=vendor.assertion(assertion_details=said)))
    assert (status, body["error"]) == (400, "invalid_request")
    assert f"HID-{number}" in body["error_description"]


async def test_a_single_tenant_client_may_name_a_child_of_its_own(client):
    said = details("994598759", system="urn:oid:2.16.578.1.12.4.1.4.101")
    claims = await claims_with(client, authorization_details=said)
    assert (claims[PARENT], claims[CHILD]) == ("314159265", "994598759")


async def test_a_single_tenant_client_speaks_for_nobody_else(client):
    said = client.assertion(assertion_details=details("NO:ORGNR:994598759"))
    status, body, _ = await client.post(client.form(client_assertion=said))
    assert (status, body["error"]) == (400, "invalid_request")
    assert "HID-1005" in body["error_description"]


async def test_children_may_be_limited_to_a_list(tmp_path, session):
    made, key = client_with_key(tmp_path, "limited", child_organisation_numbers=["994598759"])
    with world_at(tmp_path, more_clients=[(made, key)]) as world:
        limited = TinyClient(session, world.issuer, "limited", key)
        await claims_with(limited, assertion_details=details("NO:ORGNR:314159265:994598759"))
        said = limited.assertion(assertion_details=details("NO:ORGNR:314159265:974760673"))
        _, body, _ = await limited.post(limited.form(client_assertion=said))
        assert "HID-1002" in body["error_description"]
