"""Example: the polling API of a medication dispenser's cloud. The product and its format are made up.

`GET {url}/v2/events?after={cursor}` with a key answers with a page: `{"events": [...], "next": "cursor"}`. The
cursor is written to disk only when the page's events are safe in the spool, so that a kill in between reads the
page again. An event that can't be understood is set aside for a person and holds up no other.
Source settings: `url`, `key_file`, `cursor_file`, `every_s` (default 30).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from typing import Any, Literal
from urllib.parse import urlencode

import orjson
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from connectors import AlertCode, AlertRaised, DispenseGiven, DispenseKind, DispenseMissed, Event, Severity, patient
from connectors.http.answers import failure_of
from connectors.http.exchange import HttpRequest
from connectors.http.line import HttpLine
from connectors.timing import backoff
from connectors.vendor import Example, NotUnderstood, VendorConnector
from hub.model.clock import SystemClock
from hub.model.errors import AccessDenied, OutcomeUnknown, Unreachable

_ALERTS = {
    "MISSED": AlertCode.DOSE_NOT_DISPENSED,
    "EMPTY": AlertCode.MEDICATION_EMPTY,
    "LOW": AlertCode.MEDICATION_LOW,
    "JAMMED": AlertCode.ROLL_STUCK,
    "OPENED": AlertCode.DISPENSER_OPEN,
    "BATTERY_LOW": AlertCode.DISPENSER_BATTERY_LOW,
    "UNPLUGGED": AlertCode.DISPENSER_UNPLUGGED,
}
_GIVEN = {"self": DispenseKind.GIVEN_UNASSISTED, "nurse": DispenseKind.GIVEN_ASSISTED}


class _CloudEvent(BaseModel):
    id: str = Field(min_length=1)
    kind: str
    time: AwareDatetime
    device: str = Field(min_length=1)
    patient: str
    bag: str = "Multidose"
    taken_by: Literal["self", "nurse"] | None = Field(default=None, alias="takenBy")


class _Page(BaseModel):
    events: list[_CloudEvent]
    next: str


class DispenserCloudConnector(VendorConnector):
    """Fetches pages of events and remembers how far it came."""

    name = "dispenser_cloud"
    service_codes = ("md",)

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        """The events of a page, in its order."""
        try:
            page = _Page.model_validate_json(payload)
            return [event for said in page.events if (event := _event(said)) is not None]
        except (ValidationError, ValueError) as e:
            raise NotUnderstood("the page lacks something, or an element is of the wrong kind") from e

    async def receive(self, source: Mapping[str, Any]) -> None:
        """Poll until cancelled, with back-off while the cloud is away. Raises AccessDenied when the key is refused."""
        key = (await asyncio.to_thread(Path(source["key_file"]).read_text)).strip()
        cursor_file = Path(source["cursor_file"])
        failures, random = 0, SystemRandom()
        async with HttpLine(timeout_s=30.0) as line:
            while True:
                try:
                    more = await self._fetch_page(line, str(source["url"]), key, cursor_file)
                    failures = 0
                except (Unreachable, OutcomeUnknown) as e:
                    failures += 1
                    await asyncio.sleep(max(e.retry_after or 0.0, backoff(failures, random=random)))
                else:
                    if not more:
                        await asyncio.sleep(float(source.get("every_s", 30.0)))

    async def _fetch_page(self, line: HttpLine, url: str, key: str, cursor_file: Path) -> bool:
        """Take in the next page; whether it held anything and leads on, so that there may be more."""
        after = await asyncio.to_thread(_read, cursor_file)
        query = urlencode({"after": after})
        request = HttpRequest("GET", f"{url.rstrip('/')}/v2/events?{query}", {"Authorization": f"Key {key}"})
        response = await line.send(request)
        failure = failure_of(response, SystemClock().now())
        if isinstance(failure, AccessDenied | Unreachable | OutcomeUnknown):
            raise failure
        if failure is not None:
            raise OutcomeUnknown(str(failure))
        events, cursor = _opened(response.body)
        for event in events:
            await self._take_one(orjson.dumps({"events": [event], "next": cursor}))
        await asyncio.to_thread(_write, cursor_file, cursor)
        return bool(events) and cursor != after

    async def _take_one(self, page: bytes) -> None:
        try:
            await self.take(page)
        except NotUnderstood as e:
            await self.set_aside(page, e)


def _opened(body: bytes) -> tuple[list[Any], str]:
    try:
        match orjson.loads(body):
            case {"events": list(events), "next": str(cursor)}:
                return events, cursor
    except ValueError as e:
        raise OutcomeUnknown("the cloud's page can't be read") from e
    raise OutcomeUnknown("the cloud's page lacks its events, or where to go on")


def _event(said: _CloudEvent) -> Event | None:
    who = patient(said.patient)
    if said.kind == "TAKEN":
        return DispenseGiven(
            patient=who,
            device=said.device,
            at=said.time,
            number=said.id,
            medication=said.bag,
            kind=_GIVEN.get(said.taken_by or "", DispenseKind.GIVEN),
        )
    if said.kind == "MISSED":
        return DispenseMissed(patient=who, device=said.device, at=said.time, number=said.id, text=said.bag)
    if said.kind in _ALERTS:
        return AlertRaised(
            patient=who,
            device=said.device,
            at=said.time,
            number=said.id,
            code=_ALERTS[said.kind],
            severity=Severity.NORMAL,
        )
    return None


def _read(cursor_file: Path) -> str:
    return cursor_file.read_text(encoding="utf-8") if cursor_file.exists() else ""


def _write(cursor_file: Path, cursor: str) -> None:
    """Replace the cursor in one step: a kill leaves the old or the new, never half of one."""
    fresh = cursor_file.with_suffix(".new")
    fresh.write_text(cursor, encoding="utf-8")
    fresh.replace(cursor_file)


_WHO = "12844711466"
_PAGE = f"""{{"next": "c-18", "events": [
  {{"id": "e-1", "kind": "TAKEN", "time": "2025-03-03T07:02:11Z", "device": "MD-9", "patient": "{_WHO}",
    "bag": "Multidose, morgen", "takenBy": "self"}},
  {{"id": "e-2", "kind": "MISSED", "time": "2025-03-03T13:30:00Z", "device": "MD-9", "patient": "{_WHO}",
    "bag": "Multidose, middag"}},
  {{"id": "e-3", "kind": "LOW", "time": "2025-03-03T13:31:00Z", "device": "MD-9", "patient": "{_WHO}"}},
  {{"id": "e-4", "kind": "FIRMWARE_UPDATED", "time": "2025-03-03T14:00:00Z", "device": "MD-9", "patient": "{_WHO}"}}
]}}""".encode()

DispenserCloudConnector.examples = (
    Example(
        "a page with a dose taken, one missed, and a dispenser that runs low",
        _PAGE,
        (
            DispenseGiven(
                patient=patient(_WHO),
                device="MD-9",
                at=datetime(2025, 3, 3, 7, 2, 11, tzinfo=UTC),
                number="e-1",
                medication="Multidose, morgen",
                kind=DispenseKind.GIVEN_UNASSISTED,
            ),
            DispenseMissed(
                patient=patient(_WHO),
                device="MD-9",
                at=datetime(2025, 3, 3, 13, 30, tzinfo=UTC),
                number="e-2",
                text="Multidose, middag",
            ),
            AlertRaised(
                patient=patient(_WHO),
                device="MD-9",
                at=datetime(2025, 3, 3, 13, 31, tzinfo=UTC),
                number="e-3",
                code=AlertCode.MEDICATION_LOW,
                severity=Severity.NORMAL,
            ),
        ),
    ),
    Example("an empty page", b'{"next": "c-18", "events": []}', ()),
)

CONNECTOR = DispenserCloudConnector
