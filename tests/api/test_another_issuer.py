"""The doors can trust another issuer, as they would HelseID's test environment: by its address alone."""

from tests.api.national import CONFIGURATION, Api, dpop_api, national_at
from tests.messages import composition, raw


async def test_tokens_of_the_named_issuer_are_taken(tmp_path, session):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "ours").mkdir()
    async with national_at(tmp_path / "theirs") as issuer:
        configuration = f'{CONFIGURATION}\n[token_service]\nissuer = "{issuer.issuer}"\n'
        theirs = await dpop_api(issuer, session)
        async with national_at(tmp_path / "ours", configuration) as world:
            assert world.told == {}
            jft = Api(world, session, theirs.client, theirs.token)
            written = await jft("POST", "/jft/v1/Composition", data=raw(composition()))
            assert written.status == 202
            assert len((await jft("GET", "/jft/v1/Composition")).resources) == 1


async def test_an_issuer_that_does_not_answer_is_503_with_retry_after(tmp_path, session):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "ours").mkdir()
    async with national_at(tmp_path / "theirs") as issuer:
        theirs = await dpop_api(issuer, session)
    configuration = f'{CONFIGURATION}\n[token_service]\nissuer = "{issuer.issuer}"\n'
    async with national_at(tmp_path / "ours", configuration) as world:
        answer = await Api(world, session, theirs.client, theirs.token)("GET", "/jft/v1/Composition")
    assert (answer.status, answer.code) == (503, "3.1")
    assert answer.headers["Retry-After"]
