"""A connector without faults, of a product as `knutepunkt connector new` has it; the broken ones are made of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from connectors import DispenseGiven, Event, SafetyAlarmRaised, patient
from connectors.vendor import Example, NotUnderstood, VendorConnector

PERSON = "07885132000"
AT = "2025-03-03T08:30:15+01:00"


def message(kind: str, number: str) -> bytes:
    return json.dumps({"id": number, "kind": kind, "time": AT, "device": "TA-1", "person": PERSON}).encode()


_WHO, _AT = patient(PERSON), datetime.fromisoformat(AT)


class SoundConnector(VendorConnector):
    """As it should be."""

    name = "sound"
    service_codes = ("ta", "md")
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            "an alarm", message("ALARM", "17"), (SafetyAlarmRaised(patient=_WHO, device="TA-1", number="17", at=_AT),)
        ),
        Example(
            "a dose", message("DOSE_TAKEN", "18"), (DispenseGiven(patient=_WHO, device="TA-1", number="18", at=_AT),)
        ),
        Example("not for the hub", message("CONFIGURED", "19"), ()),
    )

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        try:
            said = json.loads(payload)
            who, at = patient(said["person"]), datetime.fromisoformat(said["time"])
            device, number = str(said["device"]), str(said["id"])
            if at.tzinfo is None:
                raise NotUnderstood("no zone")
            if said["kind"] == "ALARM":
                return [SafetyAlarmRaised(patient=who, device=device, number=number, at=at)]
            if said["kind"] == "DOSE_TAKEN":
                return [DispenseGiven(patient=who, device=device, number=number, at=at)]
        except (ValueError, KeyError, TypeError, RecursionError) as e:
            raise NotUnderstood("no message of ours") from e
        return []

    async def receive(self, source: Mapping[str, Any]) -> None:
        """There is no source but whoever drives it."""
        await asyncio.Event().wait()
