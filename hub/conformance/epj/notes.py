"""Journal notes for tests of EPJs: cases of synthetic people, told by the SDK and composed by the hub."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from connectors import Acknowledged, Closed, Event, SafetyAlarmRaised
from connectors.composing import Sender
from connectors.composing import compose as composed
from hub.journal import compose
from hub.model.case import CaseHistory, CaseMessage
from hub.model.codes import EventKind, ServiceCode
from hub.model.note import JournalNote
from hub.model.person import NHN_TEST_ORGANISATION, PatientRef

SENDER = "Acme_Alarm_Testvik"
_TAKES = frozenset({"DetectedIssue", "Bundle"})
_FOLLOWED_UP = timedelta(minutes=12)
_USUAL = "Hadde falt på kjøkkenet. Uskadd."


class Story:
    """A safety alarm of `patient` and what is done about it, as a case under `key`; `note` is what is journaled.

    `raised_at` is the time of the alarm, UTC.
    """

    def __init__(self, key: str, patient: PatientRef, *, raised_at: datetime) -> None:
        self.key = key
        self.patient = patient
        self.raised_at = raised_at
        self.alarm = SafetyAlarmRaised(patient=patient, device="TA-17", number=f"A-{key}", at=raised_at)
        self._messages: list[CaseMessage] = []
        self._given = 0
        self.tell(self.alarm)

    def tell(self, event: Event) -> None:
        """Let the sender tell `event` of the case."""
        self.add(composed(event, Sender(NHN_TEST_ORGANISATION, SENDER), takes=_TAKES).resource)

    def acknowledge(self) -> Story:
        """Let somebody take the responsibility; the story itself."""
        self.tell(Acknowledged(alert=self.alarm, at=self.raised_at + timedelta(minutes=3), by="op-3"))
        return self

    def close(self, note: str = _USUAL) -> Story:
        """Let the case be closed with `note`; the story itself."""
        self.tell(Closed(alert=self.alarm, at=self.raised_at + _FOLLOWED_UP, by="op-3", note=note))
        return self

    def add(self, resource: dict[str, Any]) -> None:
        """Add a message of any content to the case."""
        number = len(self._messages) + 1
        identifier = _identifier(resource)
        self._messages.append(
            CaseMessage(
                number=number,
                sender=SENDER,
                resource_type=resource["resourceType"],
                raw=orjson.dumps(resource),
                registered_at=self.raised_at + timedelta(minutes=4 * number - 3),
                said_at=None,
                occurred_at=self.raised_at,
                identifier_system=identifier.get("system"),
                identifier_value=identifier.get("value"),
                is_alert=number == 1,
            )
        )

    def news(self) -> Sequence[bytes]:
        """The messages that were added since this was last asked."""
        found = [message.raw for message in self._messages[self._given :]]
        self._given = len(self._messages)
        return found

    @property
    def resources(self) -> Sequence[dict[str, Any]]:
        """What the sender has sent of the case, message by message."""
        return [orjson.loads(message.raw) for message in self._messages]

    def note(self) -> JournalNote:
        """The journal note of all that was told until now."""
        return compose(
            CaseHistory(
                key=self.key,
                municipality=NHN_TEST_ORGANISATION,
                patient=self.patient,
                kind=EventKind.ALERT,
                service_code=ServiceCode.SAFETY_ALARM,
                occurred_at=self.raised_at,
                opened_at=self.raised_at,
                messages=tuple(self._messages),
            )
        )


def an_hour_ago() -> datetime:
    """A time of an alarm that is no longer new, in whole seconds, UTC."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def _identifier(resource: dict[str, Any]) -> dict[str, str]:
    given = resource.get("identifier")
    found = given[0] if isinstance(given, list) and given else given
    return found if isinstance(found, dict) else {}
