"""A system that can't be driven is led through the tests by a person; here the person's hands are a real connector."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from connectors import Connector, SafetyAlarmRaised, patient
from connectors.mqtt import MqttConnection
from connectors.testing.driving import Surroundings
from connectors.transport.mqtt import MqttTransport
from hub.conformance.bench.benches import Subject
from hub.conformance.conducting import RunOrder, Watching, conduct
from hub.conformance.driving.person import Answer, Kind
from hub.conformance.results import RunReport
from hub.model.language import Text

pytestmark = pytest.mark.slow
_TWICE, _REFUSED, _BUTTON = (
    "messages.identity.told-twice.mqtt",
    "person.equipment.refusal-shown",
    "person.equipment.button",
)
_ALARM = SafetyAlarmRaised(
    patient=patient("07885132000"), device="TA-1", number="A-1", at=datetime(2025, 3, 3, 8, tzinfo=UTC)
)


@pytest_asyncio.fixture
async def ordinary_site() -> AsyncIterator[str]:
    """A system's web site, which knows nothing of conformance tests."""
    runner = web.AppRunner(web.Application())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


class Hands:
    """Does what the kit asks for with a connector that was set up by hand, and answers what `sees` says."""

    def __init__(self, sees: Answer = "yes") -> None:
        self.asked: list[tuple[Kind, Text]] = []
        self._sees: Answer = sees
        self.told: Surroundings

    def set_up(self, surroundings: Surroundings) -> None:
        self.told = surroundings

    async def answer(self, kind: Kind, text: Text) -> Answer:
        self.asked.append((kind, text))
        if kind == "see":
            return self._sees
        told = self.told
        assert told.mqtt is not None
        line = MqttConnection(told.mqtt, client_id="by-hand", connect_within_s=None)
        way = MqttTransport(line, municipality=told.municipality, sender=told.sender, receipt_within_s=5)
        async with Connector(way, municipality=told.municipality, sender=told.sender) as connector:
            await (await connector.tell(_ALARM)).answered()
        return "yes"


async def attended(site: str, folder: Path, only: tuple[str, ...], hands: Hands | None) -> RunReport:
    subject = Subject(target=site)
    if hands is not None:
        subject = replace(subject, person=hands.answer, tell_surroundings=hands.set_up)
    order = RunOrder("connector", subject, folder, only=only)
    return await conduct(order, Watching(lambda _n: None, lambda _r: None), stop=asyncio.Event())


def ended(report: RunReport) -> dict[str, str]:
    return {test.id: test.result.value for test in report.tests}


async def test_a_person_who_does_as_told_brings_a_system_through(ordinary_site: str, tmp_path: Path) -> None:
    hands = Hands()
    report = await attended(ordinary_site, tmp_path, (_TWICE, _BUTTON, _REFUSED), hands)
    assert ended(report) == {_TWICE: "pass", _BUTTON: "pass", _REFUSED: "pass"}
    assert [kind for kind, _ in hands.asked] == ["do", "do", "do", "do", "see"]
    assert "Trygghetsalarm" in hands.asked[0][1].nb
    assert hands.told.municipality == "314159265"


async def test_what_the_person_does_not_see_has_failed(ordinary_site: str, tmp_path: Path) -> None:
    report = await attended(ordinary_site, tmp_path, (_REFUSED,), Hands("no"))
    assert ended(report) == {_REFUSED: "fail"}


async def test_with_nobody_there_the_tests_wait_and_nothing_has_passed(ordinary_site: str, tmp_path: Path) -> None:
    report = await attended(ordinary_site, tmp_path, (_TWICE, _BUTTON), None)
    assert ended(report) == {_TWICE: "wait", _BUTTON: "wait"}
    assert report.result.value == "fail"
    assert not any("07885132000" in str(test.reason) for test in report.tests)
