from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from connectors import Connector, Fate, MeasurementTaken, Outgoing, Receipt, SafetyAlarmRaised, patient, pulse
from connectors.http.answers import retry_after
from connectors.http.exchange import HttpResponse
from connectors.http.line import HttpLine
from connectors.testing import VirtualClock
from connectors.transport.http import JftTransport, VkpTransport
from hub.model.clock import SystemClock
from hub.model.codes import ReceiptCode
from hub.model.errors import AccessDenied, KnutepunktError, OutcomeUnknown, Refused, Unreachable
from tests.connectors import receiver as hubs
from tests.connectors.brokers import free_port
from tests.connectors.people import ANNA

ORG = "314159265"
AT = datetime(2025, 3, 3, 7, 30, tzinfo=UTC)
BUNDLE = Outgoing("Bundle", b'{"resourceType":"Bundle","identifier":{"value":"1"}}', "d")
ALARM = SafetyAlarmRaised(patient=patient(ANNA), device="TA-1", number="A-1", at=AT)


async def send(url: str, *, timeout_s: float = 5.0) -> Receipt:
    line = HttpLine(timeout_s=timeout_s)
    async with VkpTransport(
        url, municipality=ORG, clock=SystemClock(), line=line, service_codes=("ta", "gps")
    ) as transport:
        return await transport.send(BUNDLE)


async def test_vkp_takes_everything_in_a_bundle_and_answers_with_a_receipt() -> None:
    async with hubs.receiving() as hub:
        assert (await send(hub.url)).code is ReceiptCode.ACCEPTED
        assert (await send(hub.url)).code is ReceiptCode.DUPLICATE
    path, headers = hub.requests[0]
    assert path == f"/epj/r4/{ORG}/bundle"
    assert (headers["servicecodes"], headers["content-type"]) == ("ta,gps", "application/fhir+json")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (hubs.status(400), Refused),
        (hubs.status(404), Refused),
        (hubs.status(422), Refused),
        (hubs.status(302, Location="http://elsewhere.example"), Refused),
        (hubs.status(401), AccessDenied),
        (hubs.status(403), AccessDenied),
        (hubs.status(429), Unreachable),
        (hubs.status(503), Unreachable),
        (hubs.status(500), OutcomeUnknown),
        (hubs.status(504), OutcomeUnknown),
        (hubs.drops_after_registering, OutcomeUnknown),
        (hubs.answers_too_late, OutcomeUnknown),
    ],
)
async def test_an_answer_decides_what_happens_next(answer: hubs.Answer, error: type[KnutepunktError]) -> None:
    async with hubs.receiving() as hub:
        hub.answers.append(answer)
        with pytest.raises(error) as raised:
            await send(hub.url, timeout_s=0.4)
    assert raised.type is error


def page(_receiver: hubs.Receiver, _request: web.Request, _body: bytes) -> web.Response:
    return web.Response(text="<html><title>Logg inn</title></html>", content_type="text/html")


async def test_somebody_elses_page_is_no_answer_though_it_says_200() -> None:
    async with hubs.receiving() as hub:
        hub.answers.append(page)
        with pytest.raises(OutcomeUnknown, match="not the service's"):
            await send(hub.url)
    assert not hub.registered


async def test_retry_after_comes_along_with_the_error() -> None:
    async with hubs.receiving() as hub:
        hub.answers.append(hubs.status(429, Retry_After="7"))
        with pytest.raises(Unreachable) as raised:
            await send(hub.url)
    assert raised.value.retry_after == 7.0


async def test_a_refusal_names_rule_and_element_and_repeats_no_content() -> None:
    def refuse(_receiver: hubs.Receiver, _request: web.Request, _body: bytes) -> web.Response:
        issue = {"severity": "error", "code": "invalid", "expression": ["Bundle.type"]}
        issue["details"] = {"text": f"{ANNA} er feil", "coding": [{"system": "urn:knutepunkt:rule", "code": "r-1"}]}
        return web.json_response({"resourceType": "OperationOutcome", "issue": [issue]}, status=422)

    async with hubs.receiving() as hub:
        hub.answers.append(refuse)
        with pytest.raises(Refused, match=r"^HTTP 422 \(Bundle\.type: r-1\)$"):
            await send(hub.url)


async def test_a_hub_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        await send(f"http://127.0.0.1:{free_port()}")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("5", 5.0), (" 0 ", 0.0), ("Mon, 03 Mar 2025 08:01:00 GMT", 60.0), ("Mon, 03 Mar 2025 07:00:00 GMT", 0.0)]
    + [(wrong, 3600.0) for wrong in ("86400", "9" * 400, "Mon, 03 Mar 2035 08:01:00 GMT")]
    + [(junk, None) for junk in ("", "soon", "-3", "1.5", "٣")],
)
def test_retry_after_is_read_as_seconds_or_a_date(value: str, seconds: float | None) -> None:
    now = datetime(2025, 3, 3, 8, tzinfo=UTC)
    assert retry_after(HttpResponse(429, {"retry-after": value}), now) == seconds


def transport_for(kind: str, url: str, clock: VirtualClock) -> VkpTransport | JftTransport:
    line = HttpLine(timeout_s=0.4)
    if kind == "vkp":
        return VkpTransport(url, municipality=ORG, clock=clock, line=line)
    return JftTransport(url, clock=clock, line=line, source_system="Acme 2.1")


def connecting(kind: str, hub: hubs.Receiver, clock: VirtualClock) -> Connector:
    return Connector(transport_for(kind, hub.url, clock), municipality=ORG, sender="Acme", timer=clock)


@pytest.mark.parametrize("kind", ["vkp", "jft"])
async def test_every_kind_of_trouble_ends_in_one_registration(kind: str) -> None:
    clock = VirtualClock()
    trouble: list[hubs.Answer] = [
        hubs.status(503, Retry_After="30"),
        hubs.drops_after_registering,
        hubs.answers_too_late,
        hubs.status(500),
        hubs.status(429),
        page,
    ]
    async with hubs.receiving() as hub:
        hub.answers.extend(trouble)
        async with connecting(kind, hub, clock) as c:
            report = await clock.pass_until((await c.tell(ALARM)).answered())
    assert (report.attempts, len(hub.registered), hub.conflicts) == (7, 1, 0)


@pytest.mark.parametrize("kind", ["vkp", "jft"])
async def test_the_same_call_goes_either_way(kind: str) -> None:
    clock = VirtualClock()
    event = MeasurementTaken(patient=patient(ANNA), device="P", at=AT, measurements=(pulse(70),))
    async with hubs.receiving() as hub, connecting(kind, hub, clock) as c:
        told = await c.tell_all([ALARM, event])
        fates = [(await t.answered()).fate for t in told]
    assert set(fates) == {Fate.TAKEN if kind == "vkp" else Fate.REGISTERED}
    assert {path for path, _ in hub.requests} == {f"/epj/r4/{ORG}/bundle" if kind == "vkp" else "/v1/Bundle"}


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        ({"journaled": "2025-03-03T08:05:00Z"}, Fate.JOURNALED),
        ({"journalingAcknowledged": "2025-03-03T08:05:00Z"}, Fate.JOURNALED),
        ({"failed": "2025-03-03T08:05:00Z"}, Fate.FAILED),
    ],
)
async def test_jft_is_asked_until_the_event_is_journaled_or_has_failed(said: dict[str, str], fate: Fate) -> None:
    clock = VirtualClock()
    start = clock.now()
    async with hubs.receiving() as hub, connecting("jft", hub, clock) as c:
        told = await c.tell(ALARM)
        assert (await told.answered()).fate is Fate.REGISTERED
        clock.call_later(3600, lambda: hub.statuses["1"].update(said))
        report = await clock.pass_until(told.finished())
    assert report.fate is fate
    assert clock.now() - start >= timedelta(hours=1)
    assert hub.requests[0][1]["nhn-source-system"] == "Acme 2.1"


async def test_a_status_address_elsewhere_is_not_followed() -> None:
    def elsewhere(_receiver: hubs.Receiver, _request: web.Request, _body: bytes) -> web.Response:
        return web.Response(status=202, headers={"Location": "http://evil.example/v1/Bundle/9/$status"})

    async with hubs.receiving() as hub:
        hub.answers.append(elsewhere)
        async with JftTransport(hub.url, clock=SystemClock()) as transport:
            receipt = await transport.send(BUNDLE)
    assert receipt.reference == f"{hub.url}/v1/Bundle/9/$status"
