"""Example: the webhook of a response-centre product. The product and its format are made up.

The product posts JSON when an alarm is raised, acknowledged, dispatched or closed, each time with the alarm whole,
and signs the body with a shared secret (header `X-Signature`, HMAC-SHA256 in hex). It repeats a post that was not
answered with 2xx. Source settings: `host`, `port`, `secret_file`, and `path` (default /webhook).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from connectors import (
    Acknowledged,
    AlertCode,
    AlertRaised,
    CalledOut,
    Closed,
    Event,
    Severity,
    patient,
)
from connectors.vendor import Example, NotUnderstood, VendorConnector
from hub.model.errors import StoreUnavailable

_KINDS = {
    "BUTTON": AlertCode.SAFETY_ALARM,
    "FALL": AlertCode.FALL,
    "BED_EXIT": AlertCode.LEFT_BED,
    "DOOR": AlertCode.DOOR_OPENED,
    "SMOKE": AlertCode.FIRE,
}
_MAX_BODY = 256 * 1024


class _Alarm(BaseModel):
    id: str = Field(min_length=1)
    type: str
    unit: str = Field(min_length=1)
    model: str | None = None
    person: str
    raised_at: AwareDatetime = Field(alias="raisedAt")


class _Closure(BaseModel):
    note: str = Field(min_length=1)
    cause: str | None = None
    measure: str | None = None


class _Post(BaseModel):
    event: str
    at: AwareDatetime
    operator: str | None = None
    team: str | None = None
    alarm: _Alarm
    closure: _Closure | None = None


class AlarmWebhookConnector(VendorConnector):
    """Takes the product's posts, and answers them when their events are safe in the spool."""

    name = "alarm_webhook"
    service_codes = ("ta", "dt")

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        """The event that a post tells of; none for kinds of post that are not about handling."""
        try:
            post = _Post.model_validate_json(payload)
            return [event] if (event := _event(post)) else []
        except (ValidationError, ValueError) as e:
            raise NotUnderstood("the post lacks something, or an element is of the wrong kind") from e

    async def receive(self, source: Mapping[str, Any]) -> None:
        """Serve the webhook until cancelled."""
        secret = (await asyncio.to_thread(Path(source["secret_file"]).read_bytes)).strip()

        async def post(request: web.Request) -> web.Response:
            return web.Response(status=await self._answer(request, secret))

        app = web.Application(client_max_size=_MAX_BODY)
        app.router.add_post(str(source.get("path", "/webhook")), post)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, str(source.get("host", "127.0.0.1")), int(source["port"])).start()
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request, secret: bytes) -> int:
        body = await request.read()
        signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
        claimed = request.headers.get("X-Signature", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(signature.encode(), claimed):
            return 401
        try:
            await self.take(body)
        except NotUnderstood:
            return 422
        except StoreUnavailable:
            return 503
        return 202


def _event(post: _Post) -> Event | None:
    alarm = _raised(post.alarm)
    by = post.operator or "ukjent"
    match post.event:
        case "alarm.raised":
            return alarm
        case "alarm.acknowledged":
            return Acknowledged(alert=alarm, at=post.at, by=by)
        case "alarm.dispatched":
            return CalledOut(alert=alarm, at=post.at, by=by, to=post.team)
        case "alarm.closed" if post.closure:
            closure = post.closure
            return Closed(
                alert=alarm, at=post.at, by=by, note=closure.note, cause=closure.cause, action=closure.measure
            )
        case "alarm.closed":
            raise ValueError("a closed alarm has a closure")
        case _:
            return None


def _raised(alarm: _Alarm) -> AlertRaised:
    return AlertRaised(
        patient=patient(alarm.person),
        device=alarm.unit,
        device_name=alarm.model,
        number=alarm.id,
        at=alarm.raised_at,
        code=_KINDS.get(alarm.type, AlertCode.DIGITAL_SUPERVISION),
        severity=Severity.SERIOUS,
        text=None if alarm.type in _KINDS else f"Ukjent alarmtype: {alarm.type}",
    )


_ALARM_JSON = (
    '"alarm":{"id":"2025-000117","type":"BUTTON","unit":"TA-4711","model":"Alarmknapp 2",'
    '"person":"01829400193","raisedAt":"2025-03-03T08:30:15+01:00"}'
)
_ALARM = AlertRaised(
    code=AlertCode.SAFETY_ALARM,
    severity=Severity.SERIOUS,
    patient=patient("01829400193"),
    device="TA-4711",
    device_name="Alarmknapp 2",
    number="2025-000117",
    at=datetime(2025, 3, 3, 7, 30, 15, tzinfo=UTC),
)


def _json(event: str, at: str, more: str = "") -> bytes:
    return f'{{"event":"{event}","at":"2025-03-03T{at}+01:00",{more}{_ALARM_JSON}}}'.encode()


AlarmWebhookConnector.examples = (
    Example("alarm raised", _json("alarm.raised", "08:30:15"), (_ALARM,)),
    Example(
        "acknowledged by an operator",
        _json("alarm.acknowledged", "08:30:40", '"operator":"op-3",'),
        (Acknowledged(alert=_ALARM, at=datetime(2025, 3, 3, 7, 30, 40, tzinfo=UTC), by="op-3"),),
    ),
    Example(
        "handed to those who go there",
        _json("alarm.dispatched", "08:33:00", '"operator":"op-3","team":"Hjemmetjenesten Nord",'),
        (
            CalledOut(
                alert=_ALARM,
                at=datetime(2025, 3, 3, 7, 33, tzinfo=UTC),
                by="op-3",
                to="Hjemmetjenesten Nord",
            ),
        ),
    ),
    Example(
        "closed with a note",
        _json(
            "alarm.closed",
            "09:02:00",
            '"operator":"op-3","closure":{"note":"Hadde falt på kjøkkenet. Uskadd.","cause":"Fall",'
            '"measure":"Hjulpet opp"},',
        ),
        (
            Closed(
                alert=_ALARM,
                at=datetime(2025, 3, 3, 8, 2, tzinfo=UTC),
                by="op-3",
                note="Hadde falt på kjøkkenet. Uskadd.",
                cause="Fall",
                action="Hjulpet opp",
            ),
        ),
    ),
    Example("something the hub need not know", _json("operator.login", "08:00:00"), ()),
)

CONNECTOR = AlarmWebhookConnector
