from __future__ import annotations

import csv
import io
import json
import math
import re
import subprocess
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import Key

from hub.conformance.blotting import blotted, blotted_report
from hub.conformance.report import read_report, write_report
from hub.conformance.report.html import page
from hub.conformance.report.json_form import report_object, report_of
from hub.conformance.report.junit import junit
from hub.conformance.report.table import table
from hub.conformance.report.view import view
from hub.conformance.report.words import RESULTS, WORDS
from hub.conformance.requirement import Grade
from hub.conformance.results import Result, RunReport
from hub.conformance.verdicts import both
from hub.jose.keys import new_key
from hub.model.language import Language
from tests.conformance.made import EVIL, PERSON, failing, message, outcome, run

FORMS = {"report.json", "report.html", "report.en.html", "report.pdf", "report.csv", "junit.xml", "report.jws"}
SHOWN = "07*********"


@pytest.fixture(scope="module")
def key() -> Key:
    return new_key("EC")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, key: Key) -> Path:
    folder = tmp_path_factory.mktemp("report") / "rapport"
    write_report(run(), folder, key)
    return folder


def made(report: RunReport, language: Language = Language.NB) -> str:
    return page(view(report, language, thumbprint="print-of-the-key"))


class _Page(HTMLParser):
    """What a browser would make of a page: its texts, its elements, and whether every element was closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "img", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())

    @property
    def text(self) -> str:
        return "\n".join(filter(None, self.texts))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_every_form_is_written_and_what_was_written_before_is_replaced(folder: Path, tmp_path: Path, key: Key) -> None:
    assert {file.name for file in folder.iterdir()} == FORMS
    write_report(run([outcome("messages.identity.told.mqtt")]), tmp_path, new_key("EC"))
    write_report(run(), tmp_path, key)
    for form in FORMS - {"report.jws"}:
        assert (tmp_path / form).read_bytes() == (folder / form).read_bytes(), form


def test_the_json_has_what_others_read(folder: Path) -> None:
    told = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert (told["format"], told["result"], told["quality"]) == ("knutepunkt-conformance-1", "fail", "bronze")
    assert told["counts"] == {"pass": 1, "fail": 1, "skip": 1, "omit": 1, "wait": 1, "error": 1}
    assert set(told) >= {"complete", "plan", "target", "product", "started", "ended", "versions", "configuration"}
    assert set(told) >= {"coverage", "rules", "declarations"}
    for test in told["tests"]:
        assert set(test) >= {"id", "result", "requirement", "grade", "level", "title", "suite", "group", "way"}
        assert set(test) >= {"seconds", "reason", "expected", "exchange", "expected_failure"}
        assert set(test["title"]) == {"nb", "en"}


def test_a_report_is_read_as_it_was_written(folder: Path) -> None:
    assert read_report(folder) == read_report(folder / "report.json") == blotted_report(run())


@pytest.mark.parametrize("content", ["[]", "{}", '{"format": "another-1"}', '{"format": "knutepunkt-conformance-1"}'])
def test_what_is_no_report_is_not_read_as_one(content: str) -> None:
    with pytest.raises(ValueError):
        report_of(json.loads(content))


@pytest.mark.parametrize("form", sorted(FORMS - {"report.pdf", "report.jws"}))
def test_no_form_shows_an_identity_number(folder: Path, form: str) -> None:
    content = (folder / form).read_text(encoding="utf-8")
    assert PERSON not in content
    assert SHOWN in content or form == "junit.xml"


@pytest.mark.needs("pdftotext")
def test_the_pdf_tells_what_the_page_tells_and_shows_no_identity_number(folder: Path) -> None:
    read = subprocess.run(["pdftotext", "-layout", folder / "report.pdf", "-"], capture_output=True, check=True)
    text = read.stdout.decode()
    assert PERSON not in text
    for told in ("Ikke bestått", "Kvalitetsnivå: bronse", "Acme Alarm Øst 4.2", "At den kom én gang", SHOWN):
        assert told in text
    assert "hoppet over" in text
    assert "Kravet KP-3 skal holde" in text
    assert "Prøves av et menneske" in text


@pytest.mark.parametrize("language", Language)
def test_the_page_tells_the_verdict_the_errors_and_every_test(language: Language) -> None:
    report = run()
    text = _Page(made(report, language)).text
    assert WORDS["failed"].said(language) in text
    for result in Result:
        assert RESULTS[result].said(language) in text
    for test in report.tests:
        assert test.title.said(language) in text
        assert test.id in text
    for line in report.coverage:
        assert line.text.said(language) in text
    assert ("Prøves av et menneske" if language is Language.NB else "Tested by a person") in text
    assert ("Meldinger: Gjenkjenning" if language is Language.NB else "Messages: Identity") in text
    assert ("erklæring" if language is Language.NB else "declaration") in text
    assert "print-of-the-key" in text


def test_errors_come_by_grade_with_what_was_expected_and_the_exchange_to_open() -> None:
    read = _Page(made(run()))
    graded = [read.text.index(f"Grad {grade}: ") for grade in Grade]
    assert graded == sorted(graded)
    assert "At den kom én gang" in read.text
    assert "Kravet KP-1 skal holde" in read.text
    assert "GET /Patient" in read.text
    assert len(read.named("details")) == 1


@pytest.mark.parametrize("language", Language)
def test_what_a_system_said_is_text_and_never_markup(language: Language) -> None:
    said = both(EVIL, EVIL)
    test = failing(reason=said, expected=said, title=said, exchange=(message(what=EVIL, body=EVIL, answer=EVIL),))
    report = run([test], product=EVIL, configuration={EVIL: EVIL}, declarations={"who": EVIL, "date": EVIL})
    read = _Page(made(report, language))
    assert {"script", "img"} & {tag for tag, _ in read.elements} == set()
    assert read.text.count(EVIL) >= 8


@pytest.mark.parametrize("language", Language)
def test_the_page_needs_nothing_else_and_lets_nothing_else_in(language: Language) -> None:
    html = made(run(), language)
    read = _Page(html)
    policy = next(m["content"] for m in read.named("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert {"script", "img", "link", "iframe", "form"} & {tag for tag, _ in read.elements} == set()
    assert not re.search(r'\b(src|style|on\w+)="|url\(|@import|https?://(?!127)', html)
    links = {a["href"] for a in read.named("a")}
    other = "report.en.html" if language is Language.NB else "report.html"
    assert {link for link in links if link and not link.startswith("#")} == {other}


@pytest.mark.parametrize("language", Language)
def test_the_page_can_be_read_by_those_who_do_not_see_it(language: Language) -> None:
    read = _Page(made(run(), language))
    assert read.open == []
    assert read.named("html") == [{"lang": language.value}]
    assert all(heading.get("scope") in {"col", "row"} for heading in read.named("th"))
    assert len(read.named("caption")) == len(read.named("table")) > 4
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["href"] for a in read.named("a")} - {"report.html", "report.en.html"} <= {f"#{i}" for i in ids}


def test_a_passed_run_says_so_and_has_no_open_errors() -> None:
    text = _Page(made(run([outcome("messages.identity.told.mqtt")]))).text
    assert "Bestått" in text
    assert "Ikke bestått" not in text
    assert text.count("Ingen.") == 3


def test_a_run_that_was_stopped_says_that_it_gives_no_tier() -> None:
    assert WORDS["incomplete"].nb in _Page(made(run(complete=False))).text
    assert WORDS["incomplete"].nb not in _Page(made(run())).text


def test_expected_failures_are_told_and_those_that_passed_are_to_be_taken_off_the_list() -> None:
    known = {"is_expected_failure": True, "known_because": "issue 118"}
    report = run([failing(**known), outcome("messages.order.kept.jft", **known)])
    text = _Page(made(report)).text
    assert "Ventet feil: issue 118" in text
    assert text.index(WORDS["off_the_list"].nb) < text.index("messages.order.kept.jft")


def test_junit_has_a_suite_for_each_group_and_a_word_for_each_ending() -> None:
    root = ET.fromstring(junit(run()))
    assert [suite.get("name") for suite in root] == ["messages.identity", "messages.order", "delivery.http"]
    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped")) == ("6", "1", "1", "3")
    endings = {
        case.get("name"): [child.tag for child in case if child.tag != "properties"] for case in root.iter("testcase")
    }
    assert endings == {
        "told.mqtt": [],
        "once.mqtt": ["failure"],
        "kept.jft": ["error"],
        "skipped": ["skipped"],
        "omitted": ["skipped"],
        "waited": ["skipped"],
    }
    assert [s.get("message") for s in root.iter("skipped")] == ["Nobody pressed the button"] * 3
    failure = next(root.iter("failure"))
    assert "Expected: That it came once" in (failure.text or "")


def test_junit_is_xml_whatever_a_system_said() -> None:
    said = both("\x00\x1b[31m]]><\ufffe", "\x00\x1b[31m]]><\ufffe&")
    root = ET.fromstring(junit(run([failing(reason=said)], product="\x01&<")))
    assert "]]><" in str(next(root.iter("failure")).get("message"))


def test_the_table_opens_in_a_spreadsheet_with_its_letters_and_reckons_nothing() -> None:
    tests = [failing(reason=both('=HYPERLINK("x")', " @SUM(1)")), failing(reason=both("\t=1", "-1+2"))]
    text = table(run(tests))
    assert text.startswith("\ufeffid,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["reason_nb"], row["reason_en"]) for row in rows] == [
        ('\'=HYPERLINK("x")', "' @SUM(1)"),
        ("'\t=1", "'-1+2"),
    ]
    assert rows[0]["expected_nb"] == "At den kom én gang"
    assert [row["result"] for row in csv.DictReader(io.StringIO(table(run())[1:]))] == [t.result for t in run().tests]


@pytest.mark.parametrize(
    "text",
    [
        PERSON,
        f"vft/314159265/Acme/{PERSON}/event",
        f"/Patient?identifier=urn:oid:2.16.578.1.12.4.1.4.1%7C{PERSON}&_id=1",
        f"%22{PERSON}%22",
        f'"\\u0022{PERSON}"',
        f"{PERSON[:6]} {PERSON[6:]}",
        f"a{PERSON}b",
    ],
)
def test_an_identity_number_is_blotted_wherever_it_hides(text: str) -> None:
    shown = blotted(text)
    assert PERSON not in shown
    assert PERSON[2:6] not in shown
    assert "07****" in shown


@pytest.mark.parametrize("text", ["314159265", "2026-11-23T16:45:12.345678Z", "1790000000000", "+47 99 99 99 99"])
def test_other_numbers_stay(text: str) -> None:
    assert blotted(text) == text


@given(
    st.recursive(
        st.just(PERSON) | st.just(int(f"1{PERSON[1:]}")) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", PERSON]), inner, max_size=2),
    )
)
def test_a_blotted_report_holds_no_identity_number_however_deep(content: object) -> None:
    shown = blotted_report(run([failing()], configuration={"deep": content, "endless": math.inf}))
    told = json.dumps(report_object(shown))
    assert PERSON not in told
    assert f"1{PERSON[1:]}" not in told
    assert blotted_report(shown) == shown


@pytest.mark.needs("browser", "axe")
def test_a_browser_has_nothing_to_complain_of_on_a_desk_or_a_phone(folder: Path) -> None:
    from tests.console.browsing import axe, chromium, complaints, picture, widen

    with chromium() as driver:
        driver.get((folder / "report.html").as_uri())
        assert complaints(driver) == []
        driver.find_element("css selector", "summary").click()
        assert axe(driver) == []
        picture(driver, "conformance-report")
        widen(driver, 360)
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        assert wide <= 360
        picture(driver, "conformance-report-phone")
