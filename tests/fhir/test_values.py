"""Single values: what R4's primitive types, times and narratives take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.fhir import narrative, primitives
from hub.fhir.drafts import Context, shown
from tests.fhir.samples import NOW

DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'


def rules(check: Any, value: Any, now: datetime = NOW) -> list[str]:
    return [draft.rule for draft in check(value, Context(now, "test")) or ()]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("boolean", [True, False], ["true", 1, 0]),
        ("integer", [0, -1, 2**31 - 1], [2**31, 1.0, True, "1"]),
        ("unsignedInt", [0, 7], [-1, 1.5]),
        ("positiveInt", [1], [0, -1]),
        ("decimal", [1, 36.5, -0.1], ["36.5", True]),
        ("code", ["final", "in progress"], [" final", "final ", "to  ord", "a\tb"]),
        ("uri", ["urn:uuid:1", "http://a/b#c"], ["http://a b"]),
        ("id", ["a", "A-1.b", "x" * 64], ["x" * 65, "a_b", "æ"]),
        ("oid", ["urn:oid:2.16.578"], ["2.16.578", "urn:oid:3.1"]),
        ("uuid", ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"], ["urn:uuid:c757873d"]),
        ("base64Binary", ["YWJj", "YW Jj\n"], ["a-b_c"]),
        (
            "date",
            ["2026", "2026-03", "2024-02-29"],
            ["2026-02-29", "2026-13", "26-01-01", "2026-3-1", "2026-03-10T10:00:00Z"],
        ),
        ("time", ["00:00:00", "23:59:60.5"], ["24:00:00", "7:00:00", "07:00"]),
        (
            "dateTime",
            ["2026", "2026-03-10", "2026-03-10T10:00:00Z", "2026-03-10T10:00:00.1234567+14:00"],
            [
                "2026-03-10T25:00:00Z",
                "2026-03-10T10:00:00+15:00",
                "2026-03-10 10:00:00Z",
                "20260310",
                "2026-W11",
                "0000",
            ],
        ),
        ("instant", ["2026-03-10T10:00:00Z"], ["2026-03-10", "2026"]),
        ("string", ["a", "æ 😀"], [7, ["a"]]),
    ],
)
def test_a_primitive_type_takes_what_r4_says(name: str, right: list[Any], wrong: list[Any]) -> None:
    check = primitives.CHECKS[name]
    assert [value for value in right if rules(check, value)] == []
    assert [value for value in wrong if not rules(check, value)] == []


@pytest.mark.parametrize(
    "name", sorted(set(primitives.CHECKS) - {"boolean", "integer", "unsignedInt", "positiveInt", "decimal"})
)
@pytest.mark.parametrize("nothing", ["", "  ", None])
def test_nothing_is_called_empty_and_not_wrong(name: str, nothing: str | None) -> None:
    assert rules(primitives.CHECKS[name], nothing) == ["r4-empty"]


@pytest.mark.parametrize(
    ("time", "rule"),
    [
        ("2000-01-01T00:00:00Z", "time-old"),
        ("1999-12-31T23:59:59Z", "time-absurd"),
        ("2026-03-11T12:00:00Z", None),
        ("2026-03-11T12:00:01Z", "time-absurd"),
        ("2026-03-11T13:59:00+02:00", None),
        ("2026-02-08T12:00:00Z", None),
        ("2026-02-08T11:59:59Z", "time-old"),
        ("0001-01-01T00:00:00+14:00", "time-absurd"),
        ("9999-12-31T23:59:59-14:00", "time-absurd"),
        ("9999-12-31", "time-absurd"),
    ],
)
def test_a_time_is_believed_from_2000_to_a_day_ahead(time: str, rule: str | None) -> None:
    assert rules(primitives.CHECKS["dateTime@time"], time) == ([rule] if rule else [])


@given(st.floats(0, 9e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_every_time_written_by_python_is_read(moment: datetime) -> None:
    for text in (moment.isoformat(), moment.isoformat(timespec="seconds"), moment.isoformat().replace("+00:00", "Z")):
        assert "time-impossible" not in rules(primitives.CHECKS["dateTime@time"], text)


@pytest.mark.parametrize(
    "inner",
    [
        "Falt på badet.",
        "<p>Falt <b>på</b> badet<br/>igjen</p>",
        "5 &lt; 7 &amp; javascript: er et språk, one=1, on = av",
        '<img src="data:image/png;base64,YWJj" alt="kurve"/>',
        "<table><tr><td>1</td></tr></table>",
        "a&nbsp;b",
    ],
)
def test_plain_formatting_is_taken(inner: str) -> None:
    assert rules(narrative.xhtml, DIV.format(inner)) == []


@pytest.mark.parametrize(
    "inner",
    [
        "<script>a()</script>",
        "<SCRIPT src='x'/>",
        "<b onmouseover='a()'>x</b>",
        '<a href="javascript:a()">x</a>',
        '<a href=" java\nscript:a()">x</a>',
        '<a href="&#106;avascript:a()">x</a>',
        '<a href="data:text/html,x">x</a>',
        "<iframe src='http://x'/>",
        "<form><input/></form>",
        "<svg onload='a()'/>",
        "<x:script>a()</x:script>",
    ],
)
def test_what_can_run_is_refused(inner: str) -> None:
    assert rules(narrative.xhtml, DIV.format(inner)) == ["r4-txt-1-script"]


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("bare tekst", "r4-txt-1"),
        ("<div>Falt</div>", "r4-txt-1-namespace"),
        (DIV.format("<b>Falt"), "r4-txt-1-well-formed"),
        ('<!DOCTYPE div [<!ENTITY a "b">]>' + DIV.format("&a;"), "r4-txt-1"),
        (DIV.format("<![CDATA[x]]>"), "r4-txt-1-well-formed"),
        (DIV.format(""), "r4-txt-2"),
        (DIV.format("<p> </p>"), "r4-txt-2"),
    ],
)
def test_what_is_no_xhtml_is_said_so(value: str, rule: str) -> None:
    assert rules(narrative.xhtml, value) == [rule]


@given(st.text())
def test_any_text_can_stand_for_a_narrative(text: str) -> None:
    rules(narrative.xhtml, text)
    rules(narrative.xhtml, DIV.format(text))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("final", "final"),
        ("http://loinc.org", "http://loinc.org"),
        ("Kari falt", "tekst på 9 tegn"),
        ("13717404089", "tekst på 11 tegn"),
        ("A13717404089", "tekst på 12 tegn"),
        (True, "true"),
        (7, "tall"),
        ({}, "objekt"),
        ([], "liste"),
        (None, "null"),
    ],
)
def test_only_what_looks_like_a_code_is_shown(value: Any, told: str) -> None:
    assert shown(value) == told
