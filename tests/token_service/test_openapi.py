"""What the service's OpenAPI says is what it does: schemathesis finds no 5xx and no status that isn't there."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.token_service.world import world_at

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def operations(tmp_path_factory):
    with world_at(tmp_path_factory.mktemp("world")) as world:
        schema = schemathesis.openapi.from_url(f"{world.base}/openapi.json")
        yield {operation.ok().path: operation.ok() for operation in schema.get_all_operations()}


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/openid-configuration",
        "/.well-known/openid-configuration/jwks",
        "/connect/token",
        "/connect/authorize",
        "/v2/create-test-token-with-key",
        "/test-token-faults",
    ],
)
def test_every_answer_is_documented(operations, path):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operations[f"/helseid{path}"].as_strategy())
    def answers_as_documented(case):
        case.call_and_validate(checks=CHECKS, allow_redirects=False)

    answers_as_documented()
