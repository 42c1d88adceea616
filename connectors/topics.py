"""The topics of the contract on MQTT: `vft/{organisation number}/{sender}/{device}/…`."""

from __future__ import annotations

RESPONSE_CENTRE = "response-centre"


def event_topic(municipality: str, sender: str, device: str) -> str:
    """Where a sender publishes its events. Raises ValueError on a segment that no topic can hold."""
    return f"vft/{_segment(municipality)}/{_segment(sender)}/{_segment(device)}/event"


def receipt_topic(municipality: str, sender: str, device: str) -> str:
    """Where the hub answers the events of `device`; `+` as device gives the filter for all of a sender's."""
    return f"vft/{_segment(municipality)}/{_segment(sender)}/{device if device == '+' else _segment(device)}/receipt"


def status_topic(municipality: str, sender: str, device: str) -> str:
    """Where a device tells how it is (retained, and its last will)."""
    return f"vft/{_segment(municipality)}/{_segment(sender)}/{_segment(device)}/status"


def alert_topic(municipality: str) -> str:
    """Where the hub publishes alerts for the response centre."""
    return f"vft/{_segment(municipality)}/{RESPONSE_CENTRE}/alert"


def confirmation_topic(municipality: str) -> str:
    """Where the response centre confirms the alerts that it has."""
    return f"vft/{_segment(municipality)}/{RESPONSE_CENTRE}/receipt"


def _segment(text: str) -> str:
    if not text or set(text) & set("/+#\0"):
        raise ValueError("a part of a topic must not be empty or hold any of / + #")
    return text
