"""Forwarding from VKP to JFT, per municipality and sender: structural faults are put right on the way."""

import pytest

from hub.model.errors import ConfigurationError
from hub.settings import parse
from tests.api.national import CONFIGURATION, PULLING, bearer_api, dpop_api, national_at
from tests.messages import alarm, composition, document, raw
from tests.token_service.world import client_with_key

SENDER = "Acme_Alarm_Henteby"
FORWARDING = f"""{CONFIGURATION}
[[jft.forward]]
municipality = "{PULLING}"
sender = "{SENDER}"
"""
#: What VKP takes and JFT refuses: an empty text, and an object where a list belongs.
LOOSE = document("b-1", composition(author={"display": "Operatør 7"}, confidentiality=""), alarm())


def vendor(tmp_path):
    scopes = ("nhn:vkp/api/user/bundle.write",)
    return client_with_key(tmp_path / "k", "vendor", organisation_number=PULLING, vkp_id=SENDER, scopes=scopes)


@pytest.mark.parametrize("configuration", [FORWARDING, CONFIGURATION])
async def test_what_is_forwarded_is_read_as_corrected_and_the_rest_as_submitted(tmp_path, session, configuration):
    async with national_at(tmp_path, configuration, clients=[vendor(tmp_path)]) as world:
        vkp = await bearer_api(world, session, client_id="vendor")
        answer = await vkp("POST", f"/epj/r4/{PULLING}/bundle", data=raw(LOOSE))
        epj = await dpop_api(world, session, client_id=f"simulated-epj-{PULLING}")
        (event,) = (await epj("GET", "/jft/v1/Bundle")).resources
    assert answer.status == 200
    rules = {c["code"] for i in answer.json["issue"] for c in i["details"]["coding"]}
    note = event["entry"][0]["resource"]
    is_forwarded = configuration is FORWARDING
    assert ("forward-corrected" in rules) is is_forwarded
    assert ("confidentiality" in note) is not is_forwarded
    assert isinstance(note["author"], list) is is_forwarded


async def test_what_can_not_be_put_right_is_registered_and_told_as_failed(tmp_path, session):
    odd = document("b-1", composition(somethingElse=1), alarm())
    async with national_at(tmp_path, FORWARDING, clients=[vendor(tmp_path)]) as world:
        vkp = await bearer_api(world, session, client_id="vendor")
        answer = await vkp("POST", f"/epj/r4/{PULLING}/bundle", data=raw(odd))
        epj = await dpop_api(world, session, client_id=f"simulated-epj-{PULLING}")
        (event,) = (await epj("GET", "/jft/v1/Bundle")).resources
        status = (await epj("GET", f"/jft/v1/Bundle/{event['id']}/$status")).json
    assert answer.status == 200
    assert any(c["code"] == "forward-refused" for i in answer.json["issue"] for c in i["details"]["coding"])
    assert status["failed"] is not None


@pytest.mark.parametrize(
    ("municipality", "sender", "key"),
    [
        ("314159265", "Acme_Alarm_Testvik", "jft.forward[1].municipality"),
        (PULLING, "Nobody", "jft.forward[1].sender"),
    ],
)
def test_forwarding_that_would_register_twice_or_from_nobody_is_a_fault(municipality, sender, key):
    text = f'{CONFIGURATION}\n[[jft.forward]]\nmunicipality = "{municipality}"\nsender = "{sender}"\n'
    with pytest.raises(ConfigurationError) as refused:
        parse(text, adapters={"fhir_rest", "pull"})
    assert [f.key for f in refused.value.faults] == [key]
    assert refused.value.faults[0].line > 20
