"""Example: a bridge from existing alarm units that speak SCAIP (SS 91100): XML in SIP MESSAGE, over UDP or TCP.

A unit says neither who lives there nor what time it is. So the bridge wraps each message as it comes: who sent it
when, and which patient the unit's controller (`cid`) belongs to, from a file that the municipality keeps
(`cid;fødselsnummer`). A unit gets its answer when the event is safe in the spool. Implementations differ in where the
answer goes, so it is a setting: `answer = "message"` (a MESSAGE of its own, after an empty 200) or `"response"` (in
the 200). Source settings: `host`, `port` (5060), `residents_file`, `answer`,
`heartbeat_s` (how often units make themselves heard; without it silence is not noticed).
"""

from __future__ import annotations

import asyncio
import base64
import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from pydantic import AwareDatetime, BaseModel, ValidationError

from connectors import AlertCode, AlertRaised, DispenseGiven, DispenseMissed, Event, Severity, patient
from connectors.scaip import codes
from connectors.scaip.message import device_of, is_event, read_request
from connectors.scaip.receiver import Answer, ScaipReceiver
from connectors.vendor import Example, NotUnderstood, VendorConnector


class _Wrapped(BaseModel):
    """A unit's message as the bridge wraps it: when it came, whom the unit belongs to, the XML in base64."""

    received_at: AwareDatetime
    patient: str | None
    scaip: str


class ScaipBridgeConnector(VendorConnector):
    """Takes alarms from units, and tells of their batteries and heartbeats as the state of devices."""

    name = "scaip_bridge"
    service_codes = ("ta",)

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        """The event that a wrapped message tells of; none for heartbeats, resets and the unit's own condition."""
        try:
            wrapped = _Wrapped.model_validate_json(payload)
            said = read_request(base64.b64decode(wrapped.scaip, validate=True))
            if not is_event(said):
                return []
            if wrapped.patient is None:
                raise NotUnderstood("the unit belongs to nobody in the residents' file")
            return [_event(said, wrapped)]
        except (ValidationError, ValueError) as e:
            raise NotUnderstood("the message is no SCAIP request, or lacks something") from e

    async def receive(self, source: Mapping[str, Any]) -> None:
        """Serve SIP until cancelled."""
        residents = await asyncio.to_thread(_residents, Path(source["residents_file"]))
        answer: Answer = "response" if source.get("answer") == "response" else "message"
        receiver = ScaipReceiver(
            self, residents, answer=answer, now=lambda: datetime.now(UTC), heartbeat_s=source.get("heartbeat_s")
        )
        async with receiver.serve(str(source.get("host", "127.0.0.1")), int(source.get("port", 5060))) as server:
            await server.serve_forever()


def _event(said: Mapping[str, str], wrapped: _Wrapped) -> Event:
    who = patient(wrapped.patient or "")
    at, device, number = wrapped.received_at, device_of(said), _number(said, wrapped)
    name = codes.DEVICE_NAMES.get(said["dty"])
    if said.get("stc") == codes.PILL_TAKEN:
        return DispenseGiven(patient=who, device=device, at=at, number=number, device_name=name)
    if said.get("stc") == codes.PILL_NOT_TAKEN:
        return DispenseMissed(patient=who, device=device, at=at, number=number, device_name=name)
    return AlertRaised(
        patient=who,
        device=device,
        device_name=name,
        number=number,
        at=at,
        code=codes.ALERT_OF_DEVICE.get(said["dty"], AlertCode.SAFETY_ALARM),
        severity=Severity.SERIOUS,
        text=_words(said),
    )


def _number(said: Mapping[str, str], wrapped: _Wrapped) -> str:
    """The alarm's number: with its time, since units begin their references anew."""
    return "-".join(filter(None, (said["cid"], said.get("ref"), wrapped.received_at.isoformat())))


def _words(said: Mapping[str, str]) -> str:
    """What the unit said, in words: status, place, and its own texts."""
    status = codes.ALARMS.get(said.get("stc", ""), f"status {said.get('stc', 'ikke oppgitt')}")
    place = said.get("lte") or codes.ROOMS.get(said.get("lco", ""), "")
    parts = [status.capitalize(), place, said.get("stt", ""), said.get("ite", "")]
    return ", ".join(part for part in parts if part)


def _residents(file: Path) -> dict[str, str]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return {row[0].strip(): row[1].strip() for row in csv.reader(lines, delimiter=";") if len(row) >= 2}


_WHO = "30844411800"
_AT = datetime(2025, 3, 3, 7, 30, 15, tzinfo=UTC)


def _wrapped(xml: str, who: str | None = _WHO) -> bytes:
    scaip = base64.b64encode(xml.encode()).decode()
    return orjson.dumps({"received_at": _AT.isoformat(), "patient": who, "scaip": scaip})


def _request(elements: str) -> bytes:
    return _wrapped(f'<?xml version="1.0" encoding="UTF-8"?><mrq><ver>01.00</ver>{elements}</mrq>')


ScaipBridgeConnector.examples = (
    Example(
        "the alarm button of a unit in the bathroom",
        _request(
            "<ref>0007</ref><cid>4790001234</cid><did>17</did><dty>0003</dty><mty>ME</mty><stc>0010</stc><lco>011</lco>"
        ),
        (
            AlertRaised(
                patient=patient(_WHO),
                device="4790001234-17",
                device_name="Alarmknapp",
                number=f"4790001234-0007-{_AT.isoformat()}",
                at=_AT,
                code=AlertCode.SAFETY_ALARM,
                severity=Severity.SERIOUS,
                text="Manuell alarm, bad",
            ),
        ),
    ),
    Example(
        "a fall",
        _request("<ref>0008</ref><cid>4790001234</cid><did>18</did><dty>0005</dty><stc>0009</stc>"),
        (
            AlertRaised(
                patient=patient(_WHO),
                device="4790001234-18",
                device_name="Falldetektor",
                number=f"4790001234-0008-{_AT.isoformat()}",
                at=_AT,
                code=AlertCode.FALL,
                severity=Severity.SERIOUS,
                text="Automatisk alarm",
            ),
        ),
    ),
    Example(
        "medication taken",
        _request("<ref>0009</ref><cid>4790001234</cid><did>3</did><dty>0011</dty><stc>0083</stc>"),
        (
            DispenseGiven(
                patient=patient(_WHO),
                device="4790001234-3",
                device_name="Medisindispenser",
                number=f"4790001234-0009-{_AT.isoformat()}",
                at=_AT,
            ),
        ),
    ),
    Example(
        "a heartbeat", _request("<ref>1</ref><cid>4790001234</cid><dty>0002</dty><mty>PI</mty><hbo>00110</hbo>"), ()
    ),
    Example("a low battery", _request("<ref>2</ref><cid>4790001234</cid><dty>0002</dty><stc>0016</stc>"), ()),
)

CONNECTOR = ScaipBridgeConnector
