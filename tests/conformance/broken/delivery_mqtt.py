"""Faults in how MQTT is spoken: where, how firmly, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

from connectors import Event, SafetyAlarmRaised, topics
from connectors.mqtt import MqttConnection
from connectors.settings import ConnectorSettings, mqtt_connection_of
from connectors.spool import SpoolEntry
from connectors.timing import Timer
from connectors.transport import Transport
from connectors.transport.mqtt import MqttTransport
from tests.conformance.broken import Broken
from tests.conformance.broken.around import Around, Outgoing, Receipt, Rewired, taken
from tests.conformance.broken.sound import SoundConnector


class _Publishing(Around):
    """Publishes otherwise than agreed; `otherwise` changes how."""

    otherwise: ClassVar[dict[str, Any]] = {}

    async def __aenter__(self) -> Self:
        connection: MqttConnection = self.inner._connection
        publish = connection.publish

        async def changed(topic: str, payload: bytes, **how: Any) -> None:
            await publish(*self.moved(topic, payload), **(how | self.otherwise))

        connection.publish = changed  # type: ignore[method-assign]  # the fault
        return await super().__aenter__()

    def moved(self, topic: str, payload: bytes) -> tuple[str, bytes]:
        return topic, payload


class PublishesLightly(Rewired):
    """QoS 0: sent and forgotten."""

    class around(_Publishing):
        otherwise: ClassVar = {"qos": 0}


class RetainsEvents(Rewired):
    """The broker keeps the last event for everybody who comes."""

    class around(_Publishing):
        otherwise: ClassVar = {"retain": True}


class PublishesElsewhere(Rewired):
    """On a topic of its own liking, and on the agreed one."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            await self.inner._connection.publish("acme/debug", b"sent")
            return await super().send(message)


class ListensToAll(Rewired):
    """Takes everybody's receipts, and finds its own among them."""

    class around(Around):
        async def __aenter__(self) -> Self:
            await super().__aenter__()
            self.inner._connection.subscribe("vft/+/+/+/receipt")
            return self


class WritesDevicesRaw(Rewired):
    """A device's name is put in the topic as it is, but for what the broker would refuse."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            if "/" not in message.device:
                return await super().send(message)
            channel = self.inner._channel
            here = topics.event_topic(channel.municipality, channel.sender, "device").rsplit("/", 2)[0]
            device = message.device.replace("+", "").replace("#", "")
            await self.inner._connection.publish(f"{here}/{device}/event", message.payload)
            return taken(message)


class NeedsTheBroker(SoundConnector):
    """Does not start without the broker."""

    @classmethod
    def way(cls, settings: ConnectorSettings, timer: Timer) -> Transport:
        connection = mqtt_connection_of(settings, connect_within_s=1.0)
        return MqttTransport(
            connection,
            municipality=settings.municipality,
            sender=settings.sender,
            receipt_within_s=settings.timeout_s,
        )


class DropsWithoutConnection(Rewired):
    """Only what can be sent at once is sent."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            connection: MqttConnection = self.inner._connection
            return await super().send(message) if connection.connected else taken(message)


class DropsWhatIsUnderWay(Rewired):
    """What is on the line when it breaks is thought to have arrived."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            await self.inner._channel.ready()
            channel = self.inner._channel
            await channel._publish(message.payload, message.device, message.sha256)
            return taken(message)


class Overtakes(SoundConnector):
    """What waits is sent by whoever comes first."""

    waiting = 0

    def _composed(self, event: Event) -> SpoolEntry:
        self.waiting += 1
        return replace(super()._composed(event), lane=str(self.waiting))


class NamesDevicesByPerson(SoundConnector):
    """The device is told by whom it belongs to."""

    async def tell_all(self, events: Sequence[Event]) -> Any:
        return await super().tell_all([self._named(event) for event in events])

    def _named(self, event: Event) -> Event:
        if not isinstance(event, SafetyAlarmRaised):
            return event
        return replace(event, device=f"{event.device}-{event.patient.value}")


def _mqtt(*names: str) -> tuple[str, ...]:
    return tuple(f"delivery.mqtt.{name}.mqtt" for name in names)


BROKEN = (
    Broken(PublishesLightly, "publishes with QoS 0", _mqtt("qos")),
    Broken(RetainsEvents, "retains events", _mqtt("not-retained")),
    Broken(PublishesElsewhere, "publishes on a topic of its own, too", _mqtt("topic")),
    Broken(ListensToAll, "listens to everybody's receipts", _mqtt("own-receipts")),
    Broken(WritesDevicesRaw, "puts devices' names in topics as they are", _mqtt("odd-device")),
    Broken(NeedsTheBroker, "does not start without the broker", _mqtt("away-at-start")),
    Broken(DropsWithoutConnection, "drops what can't be sent at once", _mqtt("goes-away")),
    Broken(DropsWhatIsUnderWay, "takes the broker's word for the hub's", _mqtt("cut")),
    Broken(Overtakes, "keeps no order when it tries again", _mqtt("goes-away-order")),
    Broken(
        NamesDevicesByPerson,
        "names devices by whom they belong to",
        ("privacy.privacy.addresses.mqtt",),
    ),
)
