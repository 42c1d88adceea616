"""`POST /lint`: the report in four forms, for two targets, without a token."""

import pytest

from tests.api.shared import on_one_loop
from tests.messages import alarm, composition, document, raw

pytestmark = on_one_loop
LOOSE = raw(document("b-1", composition(author={"display": "X"}), alarm()))


async def lint(hub, session, query, body=LOOSE):
    async with session.post(f"{hub.http}/lint{query}", data=body) as answer:
        return answer.status, answer.content_type, await answer.read()


async def test_it_says_what_jft_would_refuse_and_proposes_the_patch(one_hub, one_session):
    import orjson

    status, kind, body = await lint(one_hub, one_session, "")
    report = orjson.loads(body)
    assert (status, kind) == (200, "application/json")
    assert report["passes"] == {"vkp": True, "jft": False}
    assert report["ok"] is True
    assert [step["op"] for step in report["patch"]] == ["replace"]
    assert orjson.loads((await lint(one_hub, one_session, "?target=jft"))[2])["ok"] is False


@pytest.mark.parametrize(
    ("form", "kind"), [("sarif", "application/sarif+json"), ("junit", "application/xml"), ("text", "text/plain")]
)
async def test_it_answers_in_other_forms(one_hub, one_session, form, kind):
    status, content_type, body = await lint(one_hub, one_session, f"?format={form}")
    assert (status, content_type) == (200, kind)
    assert body


@pytest.mark.parametrize("query", ["?target=x", "?format=x", "?what=x", "?preview=x"])
async def test_what_it_does_not_know_is_400(one_hub, one_session, query):
    assert (await lint(one_hub, one_session, query))[0] == 400


async def test_garbage_is_reported_on_like_anything_else(one_hub, one_session):
    assert (await lint(one_hub, one_session, "", b"\x00{"))[0] == 200


async def test_it_shows_the_note_that_the_message_would_become(one_hub, one_session):
    import orjson

    note = orjson.loads((await lint(one_hub, one_session, "?preview=true"))[2])["preview"]
    assert "Trygghetsalarm" in note
    assert note in (await lint(one_hub, one_session, "?preview=true&format=text"))[2].decode()
    assert "preview" not in orjson.loads((await lint(one_hub, one_session, ""))[2])
    assert (
        "blir ikke noe journalnotat"
        in orjson.loads((await lint(one_hub, one_session, "?preview=true", b"{"))[2])["preview"]
    )
