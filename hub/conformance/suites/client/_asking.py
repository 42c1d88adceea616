"""Lets an API client ask, and reads how it asked and what it made of the answer."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from connectors.testing.driving import CallAnswer
from hub.app.default_register import fill_default_register
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.blotting import blotted
from hub.conformance.driving.attended import AttendedSystem
from hub.conformance.driving.system import Session
from hub.conformance.national.heard import Request
from hub.conformance.national.lane import Lane
from hub.conformance.national.script import Answer
from hub.conformance.verdicts import Omitted, Skipped, both, expect
from hub.model.person import IDENTITY_NUMBER, PatientRef

Resource = dict[str, Any]
FHIR_JSON = "application/fhir+json"
#: Codes that a look-up is made on in these tests.
SERVICE_CODES = ("ta", "gps")
#: The register's first two well-known test persons.
LINE, FINN = (PatientRef(IDENTITY_NUMBER, number) for number in ("13116900216", "21016400952"))
_PREFIXES = {"vkp": "/epj/r4/", "jft": "/jft/", "pit": "/pit/", "pmd": "/pmd"}


@dataclass(frozen=True, slots=True)
class Asking:
    """A client in a session on a lane."""

    lane: Lane
    system: Session
    is_attended: bool

    async def ask(self, call: str, **parameters: Any) -> CallAnswer:
        """Let the client ask; parameters as the driving interface has them, patients as they are."""
        told = {name: _plain(value) for name, value in parameters.items() if value is not None}
        return await self.system.call(call, told)

    async def get(self, call: str, **parameters: Any) -> Sequence[Resource]:
        """What the client got. Failed when it got an error."""
        answer = await self.ask(call, **parameters)
        self._needs_to_see()
        expect(
            answer.error is None,
            expected=both(f"svar på {call}", f"an answer to {call}"),
            seen=both(f"systemet meldte feil: {blotted(str(answer.error))}", f"the system said: {answer.error}"),
        )
        return [dict(resource) for resource in answer.resources]

    async def fail(self, call: str, **parameters: Any) -> str:
        """The error that the client shows. Failed when it shows an answer instead."""
        answer = await self.ask(call, **parameters)
        self._needs_to_see()
        expect(
            answer.error,
            expected=both("at systemet sier at det ikke fikk svar", "the system saying that it got no answer"),
            seen=both(
                f"et svar med {len(answer.resources)} ressurser, og ingen feil",
                f"an answer of {len(answer.resources)} resources, and no error",
            ),
        )
        return str(answer.error)

    def asked(self, api: str) -> list[Request]:
        """The requests that came to one of the APIs, in order."""
        return [r for r in self.lane.heard.requests if r.path.lower().startswith(_PREFIXES[api])]

    def _needs_to_see(self) -> None:
        if self.is_attended:
            raise Skipped(both("systemet forteller ikke hva det fikk", "the system doesn't tell what it got"))


@contextlib.asynccontextmanager
async def asking(bench: ConnectorBench, *calls: str, **more: Any) -> AsyncIterator[Asking]:
    """The system as a client that can make all of `calls`, on a lane with the register's test persons."""
    is_attended = isinstance(bench.system, AttendedSystem)
    missing = [] if is_attended else sorted(set(calls) - set(bench.system.card.calls))
    if missing:
        named = ", ".join(missing)
        raise Omitted(both(f"systemet gjør ikke {named}", f"the system doesn't do {named}"))
    more = {"role": "api-client", "way": "vkp", "service_codes": SERVICE_CODES} | more
    async with bench.connected(**more) as it:
        await fill_default_register(it.lane.engines, it.lane.orders.settings)
        yield Asking(it.lane, it.system, is_attended)


def parameters(request: Request) -> list[tuple[str, str]]:
    """What was asked for, in the address or in a form."""
    pairs = parse_qsl(request.query, keep_blank_values=True)
    if request.header("content-type").startswith("application/x-www-form-urlencoded"):
        pairs += parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return pairs


def values(request: Request, name: str) -> list[str]:
    """Every value of a parameter."""
    return [value for key, value in parameters(request) if key == name]


def searchset(*resources: Resource, next_page: str | None = None, **more: Any) -> Answer:
    """An answer of our own: a page of `resources`."""
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", **more}
    if next_page:
        bundle["link"] = [{"relation": "next", "url": next_page}]
    if resources:
        bundle["entry"] = [{"resource": resource, "search": {"mode": "match"}} for resource in resources]
    return Answer(200, {"content-type": FHIR_JSON}, orjson.dumps(bundle))


def outcome(status: int, text: str, *, code: str = "invalid", **headers: str) -> Answer:
    """A refusal of our own, as an OperationOutcome."""
    issue = {"severity": "error", "code": code, "details": {"text": text}, "diagnostics": text}
    body = orjson.dumps({"resourceType": "OperationOutcome", "issue": [issue]})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": FHIR_JSON, **named}, body)


def expect_ids(found: Sequence[Resource], wanted: Sequence[str]) -> None:
    """Exactly the resources with these ids, each once, in their order."""
    ids = [str(resource.get("id")) for resource in found]
    lost, doubled = len(set(wanted) - set(ids)), len(ids) - len(set(ids))
    expect(
        ids == list(wanted),
        expected=both(
            f"{len(wanted)} ressurser, hver én gang, i rekkefølge", f"{len(wanted)} resources, once, in order"
        ),
        seen=both(
            f"{len(ids)} ressurser: {lost} mangler, {doubled} er med flere ganger",
            f"{len(ids)} resources: {lost} are missing, {doubled} are there more than once",
        ),
    )


def _plain(value: Any) -> Any:
    return {"system": value.system, "value": value.value} if isinstance(value, PatientRef) else value
