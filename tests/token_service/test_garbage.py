"""Whatever anybody sends, the answer is a refusal in the protocol's own words, never a fault of ours."""

import http.client
import json
from base64 import urlsafe_b64encode
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.token_service.tiny_client import ASSERTION_TYPE, TinyClient

FIXED = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
header_texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=60)
names = st.sampled_from(["alg", "typ", "kid", "jwk", "crit", "b64", "iss", "sub", "aud", "exp", "jti", "cnf", "x"])
objects = st.dictionaries(names, json_values, max_size=5)


def part(value):
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


tokens = (
    st.builds(lambda h, c, s: f"{part(h)}.{part(c)}.{s}", objects | json_values, objects | json_values, st.just("AAAA"))
    | st.from_regex(r"[A-Za-z0-9_.=-]{0,80}", fullmatch=True)
    | header_texts
    | st.sampled_from(["a..b", "..", "." * 9, f"{part({'alg': 'ES256'})}.{urlsafe_b64encode(b'[' * 9000).decode()}.A"])
)


def call(world, method, path, *, body=None, headers=None):
    host, _, port = world.base.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def post_form(world, form, **headers):
    body = urlencode(form, errors="surrogatepass")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return call(world, "POST", "/helseid/connect/token", body=body, headers={**kind, **headers})


FORM_NAMES = ["grant_type", "client_assertion", "client_assertion_type", "scope", "client_id", "code", "subject_token"]


@FIXED
@given(form=st.dictionaries(st.sampled_from(FORM_NAMES) | st.text(), st.text(), max_size=6), proof=header_texts)
def test_any_form_is_refused_with_an_oauth_error(world, form, proof):
    status, _, body = post_form(world, form, DPoP=proof.strip())
    assert status in {400, 401}
    assert json.loads(body)["error"]


@FIXED
@given(body=st.binary(max_size=200), kind=st.sampled_from(["application/x-www-form-urlencoded", "text/plain", ""]))
def test_any_body_is_refused_with_an_oauth_error(world, body, kind):
    status, _, answer = call(world, "POST", "/helseid/connect/token", body=body, headers={"Content-Type": kind})
    assert status in {400, 401}
    assert json.loads(answer)["error"]


@FIXED
@given(assertion=tokens)
def test_any_assertion_is_refused_as_invalid_client(world, assertion):
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    status, _, body = post_form(world, form)
    assert (status, json.loads(body)["error"]) == (401, "invalid_client")


@FIXED
@given(claims=objects, header=objects)
def test_an_assertion_signed_by_the_right_key_is_taken_or_refused_whatever_its_claims(world, claims, header):
    client = TinyClient(None, world.issuer, "test-client", world.keys["test-client"])
    header = {name: value for name, value in header.items() if name not in {"alg", "b64"}}
    status, _, body = post_form(world, client.form(client_assertion=client.assertion(header=header, **claims)))
    assert status == 200 or (status, json.loads(body)["error"]) == (401, "invalid_client")


@FIXED
@given(details=json_values | objects, name=st.sampled_from(["assertion_details", "authorization_details"]))
def test_any_organisation_statement_is_honoured_or_refused(world, details, name):
    client = TinyClient(None, world.issuer, "test-client", world.keys["test-client"])
    for said in (details, {"type": "helseid_authorization", "practitioner_role": details}):
        status, _, body = post_form(world, client.form(client_assertion=client.assertion(**{name: said})))
        assert status in {200, 400}, body


@FIXED
@given(proof=tokens)
def test_any_proof_is_refused_as_an_invalid_proof(world, proof):
    client = TinyClient(None, world.issuer, "test-client", world.keys["test-client"])
    text = proof.encode("latin-1", "ignore").decode("latin-1")
    status, _, body = post_form(world, client.form(), DPoP=text)
    assert (status, json.loads(body)["error"]) == (400, "invalid_dpop_proof")


@FIXED
@given(claims=objects, header=objects)
def test_a_proof_signed_by_its_key_is_refused_for_any_odd_claims(world, claims, header):
    client = TinyClient(None, world.issuer, "test-client", world.keys["test-client"])
    header = {name: value for name, value in header.items() if name not in {"alg", "b64"}}
    proof = client.proof("POST", client.token_endpoint, header=header, **{"jti": "", **claims, "htm": 1})
    status, _, body = post_form(world, client.form(), DPoP=proof)
    assert (status, json.loads(body)["error"]) in {(400, "invalid_dpop_proof"), (400, "use_dpop_nonce")}


@FIXED
@given(token=tokens, proof=tokens, scheme=st.sampled_from(["DPoP", "Bearer", "Basic", "", "dpop"]))
@pytest.mark.parametrize("path", ["/jft/v1/Bundle", "/vkp/x"])
def test_any_token_and_proof_at_a_protected_route_is_a_401(world, token, proof, scheme, path):
    status, headers, _ = call(world, "POST", path, headers={"Authorization": f"{scheme} {token}", "DPoP": proof})
    assert status == 401
    assert headers["WWW-Authenticate"].startswith(("DPoP", "Bearer"))


@FIXED
@given(body=st.binary(max_size=60) | st.builds(lambda v: json.dumps(v).encode(), json_values | objects))
def test_any_order_of_a_test_token_is_met_or_refused(world, body):
    status, _, answer = call(world, "POST", "/helseid/v2/create-test-token-with-key", body=body)
    assert (status, json.loads(answer)["isError"]) in {(200, False), (400, True)}


ORDER = ["audience", "expirationParameters", "headerParameters", "clientClaimsParameters", "dPoPProofParameters"]
INNER = ["scope", "typ", "expirationTimeInDays", "expirationTimeInSeconds", "htuClaimValue", "cnfPublicKey", "jti"]


@FIXED
@given(
    order=st.dictionaries(st.sampled_from(ORDER), st.dictionaries(st.sampled_from(INNER), json_values), max_size=4),
    bound=st.booleans(),
)
def test_any_nearly_right_order_is_met_or_refused(world, order, bound):
    asked = {**order, "audience": "nhn:jft", "createDPoPTokenWithDPoPProof": bound}
    body = json.dumps(asked).encode()
    status, _, answer = call(world, "POST", "/helseid/v2/create-test-token-with-key", body=body)
    assert (status, json.loads(answer)["isError"]) in {(200, False), (400, True)}


QUERY = ["client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "user"]


@FIXED
@given(query=st.dictionaries(st.sampled_from(QUERY), st.text(max_size=20)))
def test_any_request_to_sign_in_is_refused(world, query):
    path = f"/helseid/connect/authorize?{urlencode(query, errors='surrogatepass')}"
    status, _, body = call(world, "GET", path)
    assert (status, json.loads(body)["error"]) == (400, "invalid_request")
