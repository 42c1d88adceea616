"""The report as JUnit XML, which build servers show: a test suite for each group, in English."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from hub.conformance.report.seen import visible
from hub.conformance.results import Result, RunReport, TestResult

_ENDINGS = {
    Result.FAIL: "failure",
    Result.ERROR: "error",
    Result.SKIP: "skipped",
    Result.OMIT: "skipped",
    Result.WAIT: "skipped",
}


def junit(report: RunReport) -> str:
    """The tests, with failures and errors as such; what was skipped, does not apply or waits is skipped with why."""
    groups: dict[str, list[TestResult]] = {}
    for test in report.tests:
        groups.setdefault(f"{test.suite}.{test.group}", []).append(test)
    name = visible(f"{report.plan}: {report.product} {report.product_version}".strip())
    root = ET.Element("testsuites", {"name": name, **_counts(report.tests)})
    for group, tests in groups.items():
        root.append(_suite(group, tests, report))
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(tests: Iterable[TestResult]) -> dict[str, str]:
    endings = [_ENDINGS.get(test.result) for test in tests]
    seconds = sum(test.seconds for test in tests)
    return {
        "tests": str(len(endings)),
        "failures": str(endings.count("failure")),
        "errors": str(endings.count("error")),
        "skipped": str(endings.count("skipped")),
        "time": f"{seconds:.3f}",
    }


def _suite(group: str, tests: list[TestResult], report: RunReport) -> ET.Element:
    began = report.started.strftime("%Y-%m-%dT%H:%M:%SZ")
    suite = ET.Element("testsuite", {"name": group, "timestamp": began, **_counts(tests)})
    suite.extend(_case(group, test) for test in tests)
    return suite


def _case(group: str, test: TestResult) -> ET.Element:
    name = test.id.removeprefix(f"{group}.")
    case = ET.Element("testcase", {"classname": group, "name": name, "time": f"{test.seconds:.3f}"})
    kept = ET.SubElement(case, "properties")
    for key, value in (("requirement", test.requirement), ("level", test.level.value), ("grade", test.grade.value)):
        ET.SubElement(kept, "property", {"name": key, "value": value})
    ending = _ENDINGS.get(test.result)
    if ending:
        seen = visible(test.reason.en) if test.reason else test.result.value
        told = ET.SubElement(case, ending, {"message": seen, "type": test.result.value})
        told.text = "\n".join(_told(test)) or None
    return case


def _told(test: TestResult) -> Iterable[str]:
    yield f"{test.title.en} ({test.requirement}, {test.level.value}, {test.grade.value})"
    if test.expected:
        yield f"Expected: {visible(test.expected.en)}"
    if test.is_expected_failure:
        yield f"On the list of expected failures: {visible(test.known_because)}"
