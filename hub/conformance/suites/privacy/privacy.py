"""Identity numbers, notes and secrets stay in the messages and the sign-in that they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import parse_qs

import orjson

from connectors import Closed, SafetyAlarmRaised
from hub.conformance.bench.connector import Connected, ConnectorBench
from hub.conformance.driving.system import NotTaken
from hub.conformance.national.heard import Heard
from hub.conformance.national.script import Answer, Silence
from hub.conformance.plan import Group
from hub.conformance.verdicts import both, expect
from hub.model.person import PatientRef

GROUP = Group("privacy", "privacy", both("Personvern", "Privacy"), ("connector",))
_WAYS = ("mqtt", "vkp", "jft")
_HTTP = ("vkp", "jft")
_NOTE = "Falt på badet, sa at hofta verker, og ba om at datteren ikke får vite det"


@GROUP.test("addresses", "PRI-1", both("Emner, adresser og hoder", "Topics, addresses and headers"), ways=_WAYS)
async def addresses(bench: ConnectorBench) -> None:
    """No identity number where brokers, proxies and their logs see it: topics, client ids, wills, URLs, headers."""
    async with bench.connected() as it:
        it.lane.script.next(Answer(503))
        person = bench.patient()
        await it.system.tell(*_story(bench, person))
        await it.system.settled()
        said = [*it.lane.heard.texts(), *_wills(it.lane.heard)]
        found = sum(person.value in text for text in said)
        expect(
            not found,
            expected=both("ingen fødselsnumre utenfor meldingene", "no identity numbers outside the messages"),
            seen=both(f"{found} steder", f"in {found} places"),
        )


@GROUP.test("output", "PRI-2", both("Loggen i vanlig drift", "The log in everyday work"), ways=_WAYS, needs=("output",))
async def output(bench: ConnectorBench) -> None:
    """Neither an identity number nor a note is written to log or output."""
    async with bench.connected() as it:
        before = len(bench.system.output())
        person = bench.patient()
        await it.system.tell(*_story(bench, person))
        await it.system.settled()
        _expect_silent(bench.system.output()[before:], (person.value, _NOTE))


@GROUP.test(
    "output-in-trouble",
    "PRI-3",
    both("Loggen når noe går galt", "The log when it goes wrong"),
    ways=_WAYS,
    needs=("output",),
)
async def output_in_trouble(bench: ConnectorBench) -> None:
    """Not when the hub refuses and repeats the content, and not when nobody answers either."""
    async with bench.connected() as it:
        before = len(bench.system.output())
        person = bench.patient()
        it.lane.script.next(Silence("before"), _repeating(person))
        await it.system.tell(*_story(bench, person))
        await it.system.settled()
        _expect_silent(bench.system.output()[before:], (person.value, _NOTE))


@GROUP.test(
    "output-of-garbage",
    "PRI-4",
    both("Loggen når produktet sier noe uforståelig", "The log when the product is not understood"),
    needs=("output",),
)
async def output_of_garbage(bench: ConnectorBench) -> None:
    """A message that can't be read is not repeated, neither in the log nor in the answer."""
    async with bench.connected() as it:
        before = len(bench.system.output())
        person, answer = bench.patient(), ""
        try:
            await it.system.take(f'{{"person": "{person.value}", "note": "{_NOTE}", "time": '.encode())
        except NotTaken as e:
            answer = str(e)
        _expect_silent(bench.system.output()[before:] + answer, (person.value, _NOTE))


@GROUP.test("reports", "PRI-5", both("Meldinger om feil", "Reports of errors"), ways=_HTTP)
async def reports(bench: ConnectorBench) -> None:
    """What the system says of a refused event repeats no content, even where the hub's answer does."""
    async with bench.connected() as it:
        person = bench.patient()
        it.lane.script.always(_repeating(person))
        await it.system.tell(*_story(bench, person))
        await it.system.settled(within_s=8)
        said = [report.text for report in await it.system.reports()]
        found = sum(_holds(text, (person.value, _NOTE)) for text in said)
        expect(
            not found,
            expected=both("ingen fødselsnumre eller notater i rapporten", "no identity numbers or notes in reports"),
            seen=both(f"{found} av {len(said)} rapporter har det", f"{found} of {len(said)} reports have it"),
        )


@GROUP.test(
    "secrets", "PRI-6", both("Nøkler og token i loggen", "Keys and tokens in the log"), ways=_HTTP, needs=("output",)
)
async def secrets(bench: ConnectorBench) -> None:
    """No access token, assertion or private key in the log, even when the hub refuses them."""
    async with bench.connected() as it:
        before = len(bench.system.output())
        it.lane.script.next(Answer(401, {"WWW-Authenticate": 'DPoP error="invalid_token"'}))
        await it.system.tell(bench.alarm())
        await it.system.settled()
        _expect_silent(bench.system.output()[before:], _secrets(it))


@GROUP.test(
    "secrets-in-addresses", "PRI-7", both("Nøkler og token i adresser", "Keys and tokens in addresses"), ways=_HTTP
)
async def secrets_in_addresses(bench: ConnectorBench) -> None:
    """URLs end up in everybody's logs: tokens and assertions are sent in headers and bodies only."""
    async with bench.connected() as it:
        await it.system.tell(bench.alarm())
        await it.system.settled()
        urls = "\n".join(request.url for request in it.lane.heard.requests)
        found = sum(secret in urls for secret in _secrets(it))
        expect(
            not found,
            expected=both("ingen hemmeligheter i adresser", "no secrets in addresses"),
            seen=both(f"{found} av dem", f"{found} of them"),
        )


def _story(bench: ConnectorBench, person: PatientRef) -> tuple[SafetyAlarmRaised | Closed, ...]:
    """An alarm and, where the system can tell it, its closing with a note."""
    alarm = bench.alarm(patient=person)
    words = bench.system.card.words
    if words and "Closed" not in words:
        return (alarm,)
    return alarm, Closed(alert=alarm, at=alarm.at + timedelta(seconds=3), by="op-1", note=_NOTE)


def _repeating(person: PatientRef) -> Answer:
    """A refusal that repeats what it refuses, as some servers do."""
    text = f"Ugyldig innhold for {person.value}: {_NOTE}"
    issue = {"severity": "error", "code": "invalid", "details": {"text": text}, "diagnostics": text}
    body = orjson.dumps({"resourceType": "OperationOutcome", "issue": [issue]})
    return Answer(400, {"Content-Type": "application/fhir+json"}, body)


def _wills(heard: Heard) -> Iterable[str]:
    return [(connect.will_payload or b"").decode("utf-8", "replace") for connect in heard.connects]


def _secrets(it: Connected) -> tuple[str, ...]:
    """What must be kept secret in the session."""
    found: list[str] = []
    for request in it.lane.heard.of_kind("token"):
        found += parse_qs(request.body.decode()).get("client_assertion", [])
        if request.status == 200:
            found.append(orjson.loads(request.answer)["access_token"])
    access = it.surroundings.helseid
    key = access.private_jwk if access else {}
    return (*found, *(str(key[part]) for part in ("d", "p", "q") if part in key))


def _expect_silent(written: str, hidden: Iterable[str]) -> None:
    found = sum(each in written for each in hidden)
    expect(
        not found,
        expected=both("ikke noe av det i loggen", "nothing of it in the log"),
        seen=both(f"{found} av det som skal være skjult", f"{found} of what must be hidden"),
    )


def _holds(text: str, hidden: Iterable[str]) -> bool:
    return any(each in text for each in hidden)
