"""An asyncio MQTT client for vendors: one connection, `publish` and `subscribe`, MQTT 3.1.1 and 5."""

from connectors.mqtt.address import Tls, Will
from connectors.mqtt.connection import MqttConnection
from connectors.mqtt.message import MqttMessage
from connectors.mqtt.subscription import Subscription

__all__ = ["MqttConnection", "MqttMessage", "Subscription", "Tls", "Will"]
