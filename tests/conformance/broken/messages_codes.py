"""Faults in codes, and in what JFT is stricter about than VKP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from connectors import AlertCode, AlertRaised, DispenseGiven, DispenseKind, Event, Severity, SupervisionDone
from connectors import SupervisionReason as Reason
from connectors.settings import ConnectorSettings
from connectors.timing import Timer
from connectors.transport import Transport
from hub.fhir.parsing import EVENT_TYPES
from tests.conformance.broken import Broken
from tests.conformance.broken.around import Around, Rewired
from tests.conformance.broken.retelling import Altering, Json, Retelling, every, objects_in
from tests.conformance.broken.sound import SoundConnector


class AlarmsAreAlarms(Retelling):
    """Every alert is a safety alarm."""

    def retold(self, event: Any) -> Event | None:
        told: Event = replace(event, code=AlertCode.SAFETY_ALARM) if isinstance(event, AlertRaised) else event
        return told


class GivenIsGiven(Retelling):
    """Nobody knows who gave a dose."""

    def retold(self, event: Any) -> Event | None:
        told: Event = replace(event, kind=DispenseKind.GIVEN) if isinstance(event, DispenseGiven) else event
        return told


class AlwaysPlanned(Retelling):
    """Every supervision was planned."""

    def retold(self, event: Any) -> Event | None:
        told: Event = replace(event, reason=Reason.PLANNED) if isinstance(event, SupervisionDone) else event
        return told


class WrongUnits(Rewired):
    """Units are written as people write them."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            for each in objects_in(message):
                if each.get("system") == "http://unitsofmeasure.org":
                    each["code"] = each["unit"]
            return message


class AlwaysSerious(Retelling):
    """Every alert is serious."""

    def retold(self, event: Any) -> Event | None:
        told: Event = replace(event, severity=Severity.SERIOUS) if isinstance(event, AlertRaised) else event
        return told


class NoServices(SoundConnector):
    """The header ServiceCodes is left out."""

    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        return super().way(settings.model_copy(update={"service_codes": ()}), timer)


class OwnElements(Rewired):
    """Messages hold an element that R4 has not."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            return message | {"softwareVersion": "4.2"}


class OtherNames(Rewired):
    """Codes have the name of another code."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            return every(message, "display", lambda name: "Fall" if name == "Trygghetsalarm" else name)


class EmptyTexts(Rewired):
    """What isn't known is an empty text."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            for each in objects_in(message):
                if each.get("resourceType") in ("DetectedIssue", "Encounter", "MedicationDispense"):
                    each["language"] = ""
            return message


class ObjectsForLists(Rewired):
    """A list of one is written as the one."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            return every(message, "identifier", lambda value: value[0] if isinstance(value, list) else value)


class BareDocuments(Rewired):
    """Documents have no full URLs."""

    class around(Altering):
        def altered(self, message: Json) -> Json:
            for each in objects_in(message):
                each.pop("fullUrl", None)
            return message


class AllAlone(Rewired):
    """Sends every resource alone that is alone."""

    class around(Around):
        @property
        def takes(self) -> frozenset[str]:
            return frozenset(EVENT_TYPES)


BROKEN = (
    Broken(AlarmsAreAlarms, "one alert code", ("messages.codes.alert-codes",)),
    Broken(GivenIsGiven, "one kind of dispense", ("messages.codes.dispense-kinds",)),
    Broken(AlwaysPlanned, "one reason for supervision", ("messages.codes.supervision",)),
    Broken(WrongUnits, "units that are not UCUM", ("messages.codes.measurements",)),
    Broken(AlwaysSerious, "one severity", ("messages.codes.severity",)),
    Broken(NoServices, "no ServiceCodes", ("messages.codes.service-codes.vkp",)),
    Broken(OwnElements, "elements of its own", ("messages.codes.no-remarks.mqtt", "product.own.without-remarks")),
    Broken(OtherNames, "another code's name", ("messages.codes.code-and-text",)),
    Broken(EmptyTexts, "empty texts", ("messages.strictness.nothing-empty.vkp",)),
    Broken(ObjectsForLists, "an object where a list belongs", ("messages.strictness.passes-jft.vkp",)),
    Broken(BareDocuments, "documents without full URLs", ("messages.strictness.documents.vkp",)),
    Broken(AllAlone, "alerts alone to JFT", ("messages.strictness.only-known-types.jft",)),
)
