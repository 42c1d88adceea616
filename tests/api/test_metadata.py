"""CapabilityStatements: open to anybody, R4-valid, and telling where the door is."""

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from tests.api.shared import on_one_loop

pytestmark = on_one_loop


@pytest.mark.parametrize(
    ("path", "resources"),
    [
        ("/epj/r4/metadata", {"Bundle", "Patient", "CarePlan", "Communication"}),
        ("/EPJ/R4/314159265/Metadata", {"Bundle"}),
        ("/jft/v1/metadata", {"Bundle", "Composition", "MedicationDispense"}),
        ("/jft/metadata", {"Bundle"}),
        ("/pit/v1/metadata", {"Patient"}),
        ("/pmd/metadata", {"Observation"}),
    ],
)
async def test_each_door_says_what_it_can(one_hub, one_session, path, resources):
    async with one_session.get(f"{one_hub.http}{path}") as answer:
        assert answer.status == 200
        body = await answer.json(content_type=None)
    statement = CapabilityStatement.model_validate(body)
    assert resources <= {r.type for r in statement.rest[0].resource}
    assert statement.implementation.url.startswith(one_hub.http)


async def test_an_address_that_is_not_there_is_told_in_fhir(one_hub, one_session):
    for path, status in (("/jft/v2/Bundle", 404), ("/epj/r4", 404), ("/pit/v1/Patient/1", 404)):
        async with one_session.get(f"{one_hub.http}{path}") as answer:
            assert answer.status == status
            assert (await answer.json(content_type=None))["resourceType"] == "OperationOutcome"
