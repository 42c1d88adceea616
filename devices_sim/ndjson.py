"""Emissions as a file: one JSON object a line with `at`, `topic`, and `payload` (or `raw` where it is no JSON object).

`at` is ISO 8601 in UTC, 24 characters wide, in order. The payload stands in the line byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson

from devices_sim.emission import Emission
from hub.model.errors import ConfigurationError, ConfigurationFault

_PAYLOAD = b',"payload":'


def line_of(emission: Emission) -> bytes:
    """The line of an emission, with its line feed."""
    head = b'{"at":"%b","topic":%b' % (_text(emission.at), orjson.dumps(emission.topic))
    payload = emission.payload
    if emission.fault is None or _is_one_object(payload):
        return b"%b%b%b}\n" % (head, _PAYLOAD, payload)
    raw = json.dumps(payload.decode("utf-8", "surrogateescape"))
    return b'%b,"raw":%b}\n' % (head, raw.encode())


def _text(at: datetime) -> bytes:
    return f"{at.astimezone(UTC).isoformat(timespec='milliseconds')[:23]}Z".encode()


def _is_one_object(payload: bytes) -> bool:
    try:
        return isinstance(orjson.loads(payload), dict) and b"\n" not in payload
    except orjson.JSONDecodeError:
        return False


def read_emissions(path: Path) -> Iterator[Emission]:
    """The emissions in a file, in its order: our own or one recorded elsewhere.

    Raises ConfigurationError with the line that can't be read.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _emission(line, number)


def _emission(line: bytes, number: int) -> Emission:
    try:
        read = json.loads(line) if b'"raw"' in line else orjson.loads(line)
        at, topic = datetime.fromisoformat(read["at"]), read["topic"]
        if at.tzinfo is None or not isinstance(topic, str):
            raise ValueError("no zone or no topic")
        payload = _payload(line, read)
    except (ValueError, KeyError, TypeError) as error:
        text = "må ha at (med tidssone), topic og payload (eller raw)"
        raise ConfigurationError([ConfigurationFault(number, "", text)]) from error
    is_status = topic.endswith("/status")
    resource_type = read["payload"].get("resourceType") if isinstance(read.get("payload"), dict) else None
    return Emission(
        at,
        topic,
        payload,
        retain=is_status,
        kind="status" if is_status else "event",
        resource_type=resource_type if isinstance(resource_type, str) else None,
    )


def _payload(line: bytes, read: dict[str, object]) -> bytes:
    """The payload byte for byte where the line is laid out as ours, else written anew."""
    if "payload" not in read:
        raw = read["raw"]
        if not isinstance(raw, str):
            raise TypeError("raw must be text")
        return raw.encode("utf-8", "surrogateescape")
    start = line.find(_PAYLOAD)
    verbatim = line.rstrip()[start + len(_PAYLOAD) : -1] if start > 0 else b""
    try:
        if orjson.loads(verbatim) == read["payload"]:
            return verbatim
    except orjson.JSONDecodeError:
        pass
    return orjson.dumps(read["payload"])
