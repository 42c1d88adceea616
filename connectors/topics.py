"""The topics of the contract on MQTT: `vft/{organisation number}/{sender}/{device}/…`."""

from __future__ import annotations

import re
from urllib.parse import quote

_FORBIDDEN = re.compile(r"[\s\0/+#$*>]")
_UNWANTED = re.compile(r"[\s\0/+#$*>%]")
RESPONSE_CENTRE = "response-centre"


def event_topic(municipality: str, sender: str, device: str) -> str:
    """Where a sender publishes its events. Raises ValueError on what no topic can hold.

    A device's number may hold anything; it is percent-encoded where a topic needs it.
    """
    return f"vft/{_segment(municipality)}/{_segment(sender)}/{_device(device)}/event"


def receipt_topic(municipality: str, sender: str, device: str) -> str:
    """Where the hub answers the events of `device`; `+` as device gives the filter for all of a sender's."""
    return f"vft/{_segment(municipality)}/{_segment(sender)}/{device if device == '+' else _device(device)}/receipt"


def status_topic(municipality: str, sender: str, device: str) -> str:
    """Where a device tells how it is (retained, and its last will)."""
    return f"vft/{_segment(municipality)}/{_segment(sender)}/{_device(device)}/status"


def alert_topic(municipality: str) -> str:
    """Where the hub publishes alerts for the response centre."""
    return f"vft/{_segment(municipality)}/{RESPONSE_CENTRE}/alert"


def confirmation_topic(municipality: str) -> str:
    """Where the response centre confirms the alerts that it has."""
    return f"vft/{_segment(municipality)}/{RESPONSE_CENTRE}/receipt"


def _segment(text: str) -> str:
    if not text or _FORBIDDEN.search(text):
        raise ValueError("a part of a topic must not be empty or hold spaces or any of / + # $ * >")
    return text


def _device(text: str) -> str:
    """Equipment has the number that its maker gave it: what no topic can hold is percent-encoded, and so is %."""
    return _segment(_UNWANTED.sub(lambda found: quote(found[0], safe=""), text))
