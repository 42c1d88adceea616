"""Faults in how devices say that they are well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from connectors import Event
from connectors.connector import Told
from connectors.mqtt.address import Will
from connectors.settings import ConnectorSettings, mqtt_connection_of
from connectors.timing import Timer
from connectors.topics import status_topic
from connectors.transport import Transport
from connectors.transport.mqtt import MqttTransport
from tests.conformance.broken import Broken
from tests.conformance.broken.around import Around, Rewired
from tests.conformance.broken.delivery_mqtt import _Publishing
from tests.conformance.broken.sound import SoundConnector


class ForgetsStatus(Rewired):
    """The status is gone when the hub starts again."""

    class around(_Publishing):
        otherwise: ClassVar = {"retain": False}


class SaysNoInterval(Rewired):
    """Nobody knows when to expect more."""

    class around(Around):
        async def report_device(self, device: str, **said: Any) -> None:
            await super().report_device(device, **(said | {"next_within_s": None}))


class SaysTheBatteryAsFraction(Rewired):
    """0.37 for 37 per cent."""

    class around(Around):
        async def report_device(self, device: str, **said: Any) -> None:
            battery = said.get("battery")
            await super().report_device(device, **(said | {"battery": None if battery is None else battery / 100}))


class StampsTheFirstTimeOnly(Rewired):
    """Every status has the time of the connector's own day of making."""

    class around(Around):
        said = 0

        async def report_device(self, device: str, **said: Any) -> None:
            self.said += 1
            await super().report_device(device, **(said | {"at": f"2025-01-0{max(1, 9 - self.said)}T00:00:00Z"}))


class NamesTheOwner(Rewired):
    """The status says whose device it is."""

    owner = ""

    async def tell_all(self, events: Sequence[Event]) -> list[Told]:
        for event in events:
            self.owner = getattr(getattr(event, "patient", None), "value", self.owner)
        return await super().tell_all(events)

    async def report_device(self, device: str, *, state: str, **said: Any) -> None:
        await super().report_device(device, state=f"{state} ({self.owner})", **said)


class LeavesAnUnreadableWill(SoundConnector):
    """Its last word is not JSON."""

    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        connection = mqtt_connection_of(settings)
        will = Will(status_topic(settings.municipality, settings.sender, "TA-17"), b"offline")
        connection._client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        return MqttTransport(
            connection, municipality=settings.municipality, sender=settings.sender, receipt_within_s=settings.timeout_s
        )


def _heartbeat(*names: str) -> tuple[str, ...]:
    return tuple(f"devices.heartbeat.{name}.mqtt" for name in names)


BROKEN = (
    Broken(ForgetsStatus, "does not let the broker keep the status", _heartbeat("retained")),
    Broken(SaysNoInterval, "never says when to expect more", _heartbeat("content", "silence")),
    Broken(SaysTheBatteryAsFraction, "tells the battery as a fraction", _heartbeat("battery")),
    Broken(StampsTheFirstTimeOnly, "tells newer states with older times", _heartbeat("newest")),
    Broken(NamesTheOwner, "tells whose device it is", _heartbeat("nobody")),
    Broken(LeavesAnUnreadableWill, "leaves a will that can't be read", _heartbeat("will")),
)
