"""Faults in what is recognised, and in what belongs together."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from connectors import Closed, Event, SafetyAlarmRaised
from connectors.transport import Outgoing
from connectors.words import Handling
from hub.model.errors import DeliveryFailed
from tests.conformance.broken import Broken
from tests.conformance.broken.around import Around, Receipt, Rewired, taken
from tests.conformance.broken.retelling import Altering, Json, Retelling, objects_in, renumbered


class NumbersEveryStart(Retelling):
    """Numbers hold a part that is new each time the system starts."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._this_start = uuid.uuid4().hex[:8]

    def retold(self, event: Any) -> Event | None:
        told: Event = renumbered(event, lambda number: f"{number}-{self._this_start}")
        return told


class NumbersByWay(Retelling):
    """Numbers hold the way that they are sent."""

    def retold(self, event: Any) -> Event | None:
        told: Event = renumbered(event, lambda number: f"{number}-{len(self._transport.takes)}")
        return told


class IgnoresCase(Retelling):
    """Numbers are made small."""

    def retold(self, event: Any) -> Event | None:
        told: Event = renumbered(event, str.lower)
        return told


class NumbersAreNumbers(Retelling):
    """Numbers lose their leading zeros."""

    def retold(self, event: Any) -> Event | None:
        told: Event = renumbered(event, lambda number: number.lstrip("0") or "0")
        return told


class KnowsNumbersOnly(Retelling):
    """What has a number that was told before is a repeat, whatever it is and whoever it is about."""

    by_word = False

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._told: dict[object, Event] = {}

    def retold(self, event: Any) -> Event | None:
        number = getattr(event, "number", None)
        known = self._told.setdefault((type(event) if self.by_word else None, number), event) if number else event
        return event if known is event else None


class KnowsNumbersOfAWord(KnowsNumbersOnly):
    """An alarm with the number of another alarm is a repeat, whoever it is about."""

    by_word = True


class NoSystems(Rewired):
    """Identifiers are bare numbers."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            for each in objects_in(message):
                if "value" in each and str(each.get("system", "")).startswith("urn:knutepunkt:"):
                    del each["system"]
            return message


class Nameless(Rewired):
    """What goes alone has no identifier."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            if message["resourceType"] != "Bundle":
                message.pop("identifier", None)
            return message


class RenumbersHandledAlarms(Retelling):
    """Handling refers to its alarm by a number of its own."""

    def retold(self, event: Any) -> Event | None:
        if not isinstance(event, Handling):
            return event  # type: ignore[no-any-return]  # an event as it came
        told: Event = renumbered(event, lambda number: f"{number}-h")
        return told


class HandlesAfterwardsByTime(RenumbersHandledAlarms):
    """Handling refers to an alarm of another number, a minute off: nothing ties the two together."""

    def retold(self, event: Any) -> Event | None:
        told: Any = super().retold(event)
        if isinstance(told, Handling):
            told = replace(told, alert=replace(told.alert, device="unknown"))  # type: ignore[arg-type]
        return told  # type: ignore[no-any-return]


class HandlesOnlyTheKnown(Retelling):
    """What is done about an alarm that wasn't told yet is dropped."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._alarms: set[str] = set()

    def retold(self, event: Any) -> Event | None:
        if isinstance(event, SafetyAlarmRaised):
            self._alarms.add(event.number)
        known = not isinstance(event, Handling) or getattr(event.alert, "number", None) in self._alarms
        return event if known else None


class GivesUpAtOnce(Rewired):
    """What doesn't get through at the first try is dropped."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except DeliveryFailed:
                return taken(message)


class OneAlarmPerPerson(Retelling):
    """Handling is tied to the person's first alarm."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._first: dict[object, Any] = {}

    def retold(self, event: Any) -> Event | None:
        if isinstance(event, SafetyAlarmRaised):
            self._first.setdefault(event.patient, event)
        if isinstance(event, Handling):
            return replace(event, alert=self._first[event.alert.patient])  # type: ignore[union-attr]
        told: Event = event
        return told


class ShortNotes(Retelling):
    """The note says what it always says."""

    def retold(self, event: Any) -> Event | None:
        told: Event = replace(event, note="Avsluttet.") if isinstance(event, Closed) else event
        return told


class NoSteps(Rewired):
    """Notes tell no steps."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            for each in objects_in(message):
                if each.get("resourceType") == "Composition":
                    each.pop("event", None)
            return message


class OneMessagePerAlarm(Rewired):
    """All that is done about an alarm is sent under the alarm's own name."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            alarms = [each for each in objects_in(message) if each.get("resourceType") == "DetectedIssue"]
            if message["resourceType"] == "Bundle" and alarms:
                name = uuid.uuid5(uuid.NAMESPACE_URL, str(alarms[0]["identifier"]))
                message["identifier"]["value"] = f"urn:uuid:{name}"
            return message


BROKEN = (
    Broken(NumbersEveryStart, "numbers anew at each start", ("messages.identity.told-again-after-restart.mqtt",)),
    Broken(
        NumbersByWay,
        "numbers by way",
        (
            "messages.identity.told-again-another-way",
            "messages.strictness.told-again-when-moved",
            "messages.strictness.same-by-both",
            "messages.strictness.handled-after-move",
        ),
    ),
    Broken(IgnoresCase, "makes numbers small", ("messages.identity.case-and-zeros",)),
    Broken(NumbersAreNumbers, "drops leading zeros", ("messages.identity.case-and-zeros",)),
    Broken(KnowsNumbersOnly, "takes one number for one event", ("messages.identity.one-number-two-series",)),
    Broken(KnowsNumbersOfAWord, "takes one number for one alarm", ("messages.identity.one-number-two-people",)),
    Broken(NoSystems, "numbers without systems", ("messages.identity.systems.mqtt",)),
    Broken(Nameless, "no identifiers", ("messages.identity.every-event-named.mqtt",)),
    Broken(RenumbersHandledAlarms, "another number in the handling", ("messages.case.refers-to-alarm.vkp",)),
    Broken(HandlesAfterwardsByTime, "handling tied to nothing", ("messages.case.one-case.mqtt",)),
    Broken(HandlesOnlyTheKnown, "drops handling of unknown alarms", ("messages.case.handling-told-first",)),
    Broken(GivesUpAtOnce, "tries once", ("messages.case.delayed-alarm.vkp",)),
    Broken(OneAlarmPerPerson, "one alarm per person", ("messages.case.two-alarms",)),
    Broken(ShortNotes, "notes without what was written", ("messages.case.note-text.mqtt",)),
    Broken(NoSteps, "notes without steps", ("messages.case.steps",)),
    Broken(OneMessagePerAlarm, "one identifier for all steps", ("messages.case.nothing-in-conflict.mqtt",)),
)
