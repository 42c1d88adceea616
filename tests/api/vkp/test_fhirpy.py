"""An independent FHIR client (fhirpy) searches VKP."""

import asyncio

import pytest
from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome

from tests.api.national import ORGANISATION
from tests.messages import LINE


def address(world):
    return f"{world.http}/epj/r4/{ORGANISATION}"


async def test_it_searches_asynchronously_and_reads_what_it_finds(world, vkp):
    client = AsyncFHIRClient(
        address(world), authorization=f"Bearer {vkp.token}", extra_headers={"ServiceCodes": "ta,gps"}
    )
    found = await client.execute("Patient/_search", method="post", params={"identifier": LINE})
    (patient,) = [client.resource("Patient", **entry["resource"]) for entry in found["entry"]]
    assert patient.resource_type == "Patient"
    assert patient.get_by_path(["name", 0, "family"]) == "Danser"
    plans = await client.execute(
        "CarePlan/_search",
        method="post",
        params={"patient.identifier": LINE, "date": ["ge2024-05-17T07:08:09Z", "le2024-06-01"]},
    )
    assert plans["entry"][0]["resource"]["activity"]


async def test_it_reads_our_operation_outcome(world, vkp):
    client = SyncFHIRClient(address(world), authorization=f"Bearer {vkp.token}", extra_headers={"ServiceCodes": "ta"})
    with pytest.raises(OperationOutcome) as refused:
        await asyncio.to_thread(client.execute, "Patient/_search", method="post", params={"identifier": "1" * 11})
    assert refused.value.resource["resourceType"] == "OperationOutcome"
