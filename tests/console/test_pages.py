"""Every page by HTTP: what it weighs, what guards it, and who may do what."""

import re

import pytest

from tests.console.visitor import Visitor, csrf_in, norwegian_in

PAGES = ("/", "/flow", "/cases", "/journals", "/drift", "/drift/devices", "/quarantine", "/try", "/costs", "/sign-in")
HEAVIEST = 300_000
ROLES = {"innsyn": "monitoring", "brukeradmin": "user_administration"}


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("path", PAGES)
async def test_a_page_answers_in_both_languages_and_is_light(stranger, path, language):
    answer = await stranger.get(f"{path}?lang={language}")
    assert answer.status == 200
    assert f'<html lang="{language}">' in answer.text
    assert language == "nb" or norwegian_in(answer.text) == []
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text)
    weights = [len((await stranger.get(file)).text) for file in set(files)]
    assert len(answer.text) + sum(weights) < HEAVIEST


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_holds_nothing_that_a_strict_policy_would_stop(stranger, path):
    answer = await stranger.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", answer.text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_static_files_are_kept_for_ever_under_an_address_of_their_content(stranger):
    address = re.search(r'/static/[^"]+\.css', (await stranger.get("/")).text)[0]
    answer = await stranger.get(address)
    assert "immutable" in answer.headers["Cache-Control"]
    assert (await stranger.get("/static/0000000000/console.css")).status == 404
    assert (await stranger.get("/static/x/..%2f..%2fconsole.py")).status == 404


async def test_a_browser_that_went_astray_gets_a_page_and_a_program_its_answer(stranger):
    astray = await stranger.get("/nowhere?lang=en", Accept="text/html,*/*")
    assert (astray.status, "The page does not exist." in astray.text) == (404, True)
    assert "default-src 'none'" in astray.headers["Content-Security-Policy"]
    assert (await stranger.get("/nowhere", Accept="*/*")).text == '{"detail":"Not Found"}'
    assert "OperationOutcome" in (await stranger.get("/jft/nowhere", Accept="text/html")).text


async def test_the_chosen_language_is_remembered(stranger):
    await stranger.get("/?lang=en")
    assert '<html lang="en">' in (await stranger.get("/flow")).text


async def test_on_this_machine_anybody_may_read_and_only_signed_in_people_act(stranger):
    form = {"what": "safety_alarm", "patient": "13116900216", "sender": "314159265/Acme_Alarm_Testvik"}
    answer = await stranger.post("/try/press", follow=False, **form)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/sign-in?")


async def test_one_click_signs_in_by_code_and_pkce(stranger):
    went = await stranger.get("/sign-in/go?user=drift&next=/drift", follow=False)
    assert "code_challenge_method=S256" in went.headers["Location"]
    answer = await stranger.get("/sign-in/go?user=drift&next=/drift")
    assert answer.address == "/drift"
    assert "Dina Drift" in answer.text
    cookie = next(c for c in stranger.session.cookie_jar if c.key == "knutepunkt-session")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "lax")


async def test_a_code_is_no_use_to_another_browser(hub, stranger):
    went = await stranger.get("/sign-in/go?user=drift&next=/", follow=False)
    back = await stranger.get(went.headers["Location"], follow=False)
    async with Visitor.at(hub.http) as thief:
        answer = await thief.get(back.headers["Location"].removeprefix(hub.http))
    assert answer.address == "/sign-in?why=failed"


async def test_nobody_is_sent_to_another_site_after_signing_in(stranger):
    for away in ("https://example.org/", "//example.org/", "/\\example.org"):
        answer = await stranger.get(f"/sign-in/go?user=drift&next={away}")
        assert answer.address == "/", away


async def test_signing_out_ends_the_session(visitor):
    kept = {c.key: c.value for c in visitor.session.cookie_jar}
    await visitor.do("/sign-out", on="/")
    visitor.session.cookie_jar.update_cookies(kept)
    assert "Dina Drift" not in (await visitor.get("/")).text


@pytest.mark.parametrize("path", ["/try/press", "/drift/hold", "/drift/resend", "/quarantine/1/correct", "/sign-out"])
async def test_a_form_without_its_token_does_nothing(visitor, path):
    assert (await visitor.post(path, what="safety_alarm")).status == 403
    assert (await visitor.post(path, csrf="wrong")).status == 403


async def test_a_form_from_another_site_does_nothing(visitor):
    token = csrf_in((await visitor.get("/try")).text)
    for header in ({"Origin": "https://example.org"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await visitor.post("/sign-out", headers=header, csrf=token)
        assert answer.status == 403, header
    assert "Dina Drift" in (await visitor.get("/")).text


async def test_another_name_for_this_machine_is_not_answered(stranger):
    assert (await stranger.get("/", Host="rebound.example.org")).status == 421
    assert (await stranger.get("/", Host="localhost")).status == 200


@pytest.mark.parametrize("user", sorted(ROLES))
async def test_a_role_that_only_sees_cannot_act(hub, user):
    async with Visitor.at(hub.http) as visitor:
        await visitor.sign_in(user)
        for path in ("/try/press", "/drift/hold", "/quarantine/1/dismiss", "/try/scenario"):
            assert (await visitor.do(path, on="/")).status == 403, path


async def test_only_user_administration_sees_who_is_signed_in(hub, visitor):
    assert (await visitor.get("/people")).status == 403
    async with Visitor.at(hub.http) as administrator:
        await administrator.sign_in("brukeradmin")
        page = await administrator.get("/people?verify=1")
        assert "Dina Drift" in page.text
        assert "Hele kjeden stemmer" in page.text


async def test_user_administration_can_end_somebodys_session(hub, visitor):
    async with Visitor.at(hub.http) as administrator:
        await administrator.sign_in("brukeradmin")
        page = (await administrator.get("/people")).text
        for row in page.split("<tr>"):
            if "Dina Drift" in row and 'name="session"' in row:
                found = re.search(r'name="session" value="([0-9a-f]+)"', row)[1]
                await administrator.do("/people/end", on="/people", session=found)
    assert "Dina Drift" not in (await visitor.get("/")).text


async def test_what_is_seen_of_a_patient_is_noted_before_it_is_shown(hub, visitor):
    case = await visitor.press()
    async with Visitor.at(hub.http) as other:
        await other.sign_in("brukeradmin")
        await other.get(f"/cases/{case}/messages/1/raw")
        page = (await other.get("/people")).text
    assert re.search(rf"Beate Brukeradmin.*?{case}/1", page, re.DOTALL)
    assert re.search(rf"Dina Drift.*?{case}", page, re.DOTALL)


async def test_no_identity_number_is_in_the_hubs_logs(hub, visitor):
    case = await visitor.press(patient="12057900499")
    await visitor.get(f"/cases/{case}")
    for log in (hub.folder / "data" / "logs").iterdir():
        assert b"12057900499" not in log.read_bytes(), log.name


@pytest.mark.parametrize(
    "path", ["/cases/nothing", "/quarantine/999999", "/journals/000000000/page/", "/cases/x/messages/1"]
)
async def test_what_is_not_there_is_told_on_a_page(stranger, path):
    answer = await stranger.get(path)
    assert answer.status == 404
    assert "<h1>Dette gikk ikke</h1>" in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "?lang=xx",
        "?after=abc",
        "?what=%00",
        "?before=yesterday",
        "?municipality=%27--",
        "?id=%F0%9F%92%A9",
        "?total=--5",
    ],
)
@pytest.mark.parametrize("path", ["/flow", "/cases", "/quarantine", "/costs", "/sign-in", "/drift/devices"])
async def test_a_query_with_anything_in_it_is_answered(stranger, path, query):
    assert (await stranger.get(path + query)).status == 200
