"""Somebody who has read nothing: from the start to a finished communication test, in the terminal and on the pages."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from rich.console import Console

from hub.cli._rehearsal_guide import Guide
from tests.console.visitor import Visitor, csrf_in
from tests.rehearsal.conftest import BY_HAND, BY_HAND_TOO, RunningHub

pytestmark = pytest.mark.slow


def typing(*answers: str) -> Callable[[str], str]:
    left = iter(answers)
    return lambda _text: next(left, "a")


def guided(hub: RunningHub, municipality: str, *answers: str) -> str:
    hub.door.post(f"/rehearsals/{municipality}/vkp")
    course = next(c for c in hub.door.get("/courses") if c["id"] == "vkp")
    out = io.StringIO()
    Guide(hub.door, municipality, course, "Kari", Console(file=out, width=120), typing(*answers)).run()
    return out.getvalue()


def test_in_the_terminal_the_next_checks_lead_to_a_finished_communication_test(running_hub: RunningHub) -> None:
    # k leads to the next check, Enter makes it; every check after the first follows by itself
    said = guided(running_hub, "974760673", "a")
    assert "k = hopp til neste kontroll" in said
    said = guided(running_hub, BY_HAND_TOO, "k", "", "", "", "", "a")
    assert "Ett notat er ført i EPJ, lest der." in said
    assert "Snakket med bruker" in said
    steps = {s["step"]: s for s in running_hub.door.get(f"/rehearsals/{BY_HAND_TOO}/vkp")["steps"]}
    assert steps["communication-test"]["state"] == "done"


def test_in_the_terminal_a_form_is_asked_for_field_by_field_and_kept(running_hub: RunningHub) -> None:
    running_hub.door.post(f"/rehearsals/{BY_HAND_TOO}/vkp")
    said = guided(running_hub, BY_HAND_TOO, "g", "go-no-go", "", "wait", "Kari", "", "", "vedtak 7", "r", "a")
    assert "Ferdig." in said
    assert "Beslutningen er å vente" in said
    assert running_hub.door.get(f"/rehearsals/{BY_HAND_TOO}/vkp")["forms"]["decision"]["by"] == "Kari"


async def test_on_the_pages_the_start_leads_to_a_finished_communication_test(running_hub: RunningHub) -> None:
    async with Visitor.at(running_hub.door.http) as visitor:
        assert 'href="/rehearsal"' in (await visitor.get("/")).text
        assert (await visitor.get("/rehearsal")).status == 200
        sent = await visitor.post("/rehearsal", municipality=BY_HAND, course="vkp")
        assert sent.address.startswith("/sign-in"), "who acts must sign in, with one click"
        await visitor.sign_in("drift")
        begun = await visitor.do("/rehearsal", on="/rehearsal", municipality=BY_HAND, course="vkp")
        assert begun.address == f"/rehearsal/{BY_HAND}/vkp", begun.text
        step = f"/rehearsal/{BY_HAND}/vkp/steps/communication-test"
        assert f'href="{step}"' in begun.text
        checked = await visitor.do(f"{step}/check", on=step)
        assert checked.address.startswith(step)
        assert "Ett notat er ført i EPJ, lest der." in checked.text
        assert "Snakket med bruker, som trykket ved et uhell. Ingen tiltak." in checked.text


@pytest.mark.parametrize("language", ["nb", "en"])
async def test_every_page_answers_in_both_languages_within_its_policy(running_hub: RunningHub, language: str) -> None:
    running_hub.door.post(f"/rehearsals/{BY_HAND}/jft")
    steps = [s["step"] for s in running_hub.door.get(f"/rehearsals/{BY_HAND}/jft")["steps"]]
    at = f"/rehearsal/{BY_HAND}/jft"
    async with Visitor.at(running_hub.door.http) as visitor:
        for path in ("/rehearsal", at, f"{at}/cases", f"{at}/report", *(f"{at}/steps/{s}" for s in steps)):
            answer = await visitor.get(f"{path}?lang={language}")
            assert answer.status == 200, path
            assert f'<html lang="{language}">' in answer.text
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert len(answer.text) < 300_000
        assert (await visitor.get(f"{at}/steps/party")).status == 404
        assert (await visitor.get("/rehearsal/1/vkp")).status == 404


async def test_a_form_on_the_page_keeps_its_table_and_says_what_is_missing(running_hub: RunningHub) -> None:
    async with Visitor.at(running_hub.door.http) as visitor:
        await visitor.sign_in("drift")
        await visitor.do("/rehearsal", on="/rehearsal", municipality=BY_HAND_TOO, course="jft")
        at = f"/rehearsal/{BY_HAND_TOO}/jft"
        step = f"{at}/steps/cooperation-group"
        cells = {"members.0.role": "Leder", "members.0.name": "Kari", "members.5.role": "Sist"}
        saved = await visitor.do(f"{step}/form", on=step, meetings="Hver uke", **cells)
        assert "Hvem avgjør ved uenighet?" in saved.text
        assert 'value="Kari"' in saved.text
        assert 'value="Sist"' in saved.text
        table = await visitor.get(f"{at}/forms/cooperation-group?as=csv")
        assert table.status == 404, "the form's own id is asked for"
        assert "Kari" in (await visitor.get(f"{at}/forms/group?as=csv")).text
        said = await visitor.do(step, on=step, state="done", evidence="liste")
        assert "Ikke gjort" in said.text


async def test_a_deviation_and_an_own_case_can_be_kept_and_bad_ones_are_explained(running_hub: RunningHub) -> None:
    async with Visitor.at(running_hub.door.http) as visitor:
        await visitor.sign_in("drift")
        await visitor.do("/rehearsal", on="/rehearsal", municipality=BY_HAND_TOO, course="jft")
        at = f"/rehearsal/{BY_HAND_TOO}/jft"
        form = {"id": "ordlyd", "title": "Feil ordlyd", "grade": "C"}
        kept = await visitor.do(f"{at}/deviations", on=at, **form)
        assert "Feil ordlyd" in kept.text
        assert (await visitor.do(f"{at}/deviations", on=at, **form | {"id": "Å nei"})).status == 422
        bad = await visitor.do(f"{at}/cases", on=f"{at}/cases", case="{")
        assert (bad.status, "Ikke gyldig JSON" in bad.text) == (422, True)
        template = running_hub.door.get("/cases")[-1] | {"id": "eget-tilfelle"}
        added = await visitor.do(f"{at}/cases", on=f"{at}/cases", case=json.dumps(template))
        assert "<code>eget-tilfelle</code>" in added.text
        gone = await visitor.do(f"{at}/cases", on=f"{at}/cases", drop="eget-tilfelle")
        assert "<code>eget-tilfelle</code>" not in gone.text
        assert csrf_in(gone.text)
