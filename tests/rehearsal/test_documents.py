from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from hub.model.language import Language
from hub.rehearsal.comparing import Grade
from hub.rehearsal.course import course
from hub.rehearsal.desk import Begun, Standing
from hub.rehearsal.documents import page, pdf, security
from hub.rehearsal.entries import Checked, DeviationSet, Entry, FormFilled
from hub.rehearsal.forms import forms
from hub.rehearsal.progress import progress
from hub.rehearsal.readiness import readiness
from hub.rehearsal.report import Report, report
from tests.rehearsal.fake_hub import NOW, TESTVIK
from tests.rehearsal.test_progress import everything

EVIL = "<script>alert('Øvrefjord')</script>"


def made(language: Language = Language.NB, *more: Entry) -> Report:
    entries = (*everything(), *more)
    reached = progress(course("vkp"), forms(), entries)
    begun = Begun(1, TESTVIK, "vkp", "Testvik", NOW)
    return report(Standing(begun, reached, readiness(reached), entries), forms(), language)


def said(content: object) -> Entry:
    return Entry(at=NOW, who="Kari", content=content)  # type: ignore[arg-type]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def handle_data(self, data: str) -> None:
        self.lines.append(data.strip())


def text_of(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    return "\n".join(line for line in reader.lines if line)


@pytest.mark.parametrize("language", Language)
def test_the_page_tells_the_verdict_every_step_and_every_source(language: Language) -> None:
    made_now = made(language)
    text = text_of(page(made_now))
    assert made_now.verdict in text
    for step in course("vkp").steps():
        assert step.title.said(language) in text
    assert ("ikke bekreftet av NHN" if language is Language.NB else "not confirmed by NHN") in text
    assert "https://velferdsteknologisk-knutepunkt.atlassian.net" in text


def test_what_stands_in_the_way_is_listed() -> None:
    deviation = DeviationSet(id="own", title="Feil pasient", grade=Grade.A)
    text = text_of(page(made(Language.NB, said(deviation))))
    assert "Ikke klar." in text
    assert "Avvik A: «Feil pasient» må rettes." in text


def test_what_people_wrote_is_text_and_never_markup() -> None:
    filled = FormFilled(form="decision", values={"decision": "go", "by": EVIL})
    deviation = DeviationSet(id="own", title=EVIL, grade=Grade.C)
    html = page(made(Language.NB, said(filled), said(deviation)))
    assert "<script" not in html
    assert EVIL in text_of(html)


def test_the_page_fetches_nothing_and_its_policy_lets_its_own_style_alone_in() -> None:
    html = page(made())
    assert not re.search(r'(src|href)="', html)
    assert "sha256-" in security()
    assert "unsafe" not in security()


def test_the_pdf_is_the_same_bytes_for_the_same_report_and_other_bytes_for_another() -> None:
    first = pdf(made())
    assert first.startswith(b"%PDF-")
    assert first == pdf(made())
    assert first != pdf(made(Language.EN))


def test_a_report_with_failures_and_sami_names_makes_a_pdf() -> None:
    filled = FormFilled(form="group", values={"members": ({"role": "Leder", "name": "Áilu Čáppa"},)})
    deviation = DeviationSet(id="own", title="Šaddá " * 40, grade=Grade.C, plan="Rettes " * 60)
    assert len(pdf(made(Language.NB, said(filled), said(deviation)))) > 10_000


def test_only_checks_that_were_made_are_reported() -> None:
    checks = [entry for entry in everything() if isinstance(entry.content, Checked)]
    assert len(made().checks) == len(checks) == 8
