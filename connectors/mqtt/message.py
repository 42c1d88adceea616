"""A message as it came from the broker, and whether a topic filter takes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MqttMessage:
    """What the broker delivered. `redelivered` is the DUP flag and proves nothing; the last two need MQTT 5."""

    topic: str
    payload: bytes
    qos: int = 1
    retained: bool = False
    redelivered: bool = False
    correlation: bytes | None = None
    response_topic: str | None = None


def topic_matches(topic: str, topic_filter: str) -> bool:
    """Whether `topic_filter`, which may hold `+` and a last `#`, takes `topic` (MQTT 3.1.1, section 4.7)."""
    levels, wanted = topic.split("/"), topic_filter.split("/")
    for n, part in enumerate(wanted):
        if part == "#":
            return True
        if n >= len(levels) or part not in ("+", levels[n]):
            return False
    return len(levels) == len(wanted)
