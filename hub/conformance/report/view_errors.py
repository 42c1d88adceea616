"""One open error as values in one language: the requirement, what was expected, what was seen, the exchange."""

from __future__ import annotations

from dataclasses import dataclass

from hub.conformance.report.seen import local, visible
from hub.conformance.report.words import LEVELS, RESULTS
from hub.conformance.results import Coverage, Exchange, TestResult
from hub.model.language import Language


@dataclass(frozen=True, slots=True)
class ExchangeBlock:
    """One message of the exchange; `headers` has a line for each."""

    at: str
    way: str
    what: str
    headers: str
    body: str
    answer: str


@dataclass(frozen=True, slots=True)
class ErrorBlock:
    """An error. `known` is why it was expected, empty when it was not."""

    id: str
    title: str
    result: str
    level: str
    requirement: str
    requirement_text: str
    source: str
    expected: str
    seen: str
    is_known: bool
    known: str
    exchange: tuple[ExchangeBlock, ...]


def error_block(test: TestResult, requirement: Coverage | None, language: Language) -> ErrorBlock:
    """The error of `test`, with the words of its requirement where the plan has it."""
    return ErrorBlock(
        id=test.id,
        title=test.title.said(language),
        result=RESULTS[test.result].said(language),
        level=LEVELS[test.level.value].said(language),
        requirement=test.requirement,
        requirement_text=requirement.text.said(language) if requirement else "",
        source=requirement.source if requirement else "",
        expected=visible(test.expected.said(language)) if test.expected else "",
        seen=visible(test.reason.said(language)) if test.reason else "",
        is_known=test.is_expected_failure,
        known=visible(test.known_because),
        exchange=tuple(map(_exchange, test.exchange)),
    )


def _exchange(one: Exchange) -> ExchangeBlock:
    return ExchangeBlock(
        at=local(one.at),
        way=visible(one.way),
        what=visible(one.what),
        headers=visible("\n".join(f"{name}: {value}" for name, value in one.headers.items())),
        body=visible(one.body),
        answer=visible(one.answer),
    )
