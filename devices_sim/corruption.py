"""Ways in which a message is spoilt on its way, each with the reason for which a hub must refuse it."""

from __future__ import annotations

import re
from collections.abc import Callable

import orjson

from devices_sim.emission import Emission
from hub.model.person import IDENTITY_NUMBER, check_digits

_NUMBER = re.compile(rb'"system":"' + IDENTITY_NUMBER.encode() + rb'","value":"(\d{11})"')
_TYPE = re.compile(rb'"resourceType":"\w+"')
_TOO_BIG = 1_100_000


def corrupted(emission: Emission, how: str) -> Emission:
    """The emission spoilt in the way `how`, to be found in quarantine under the name of its fault."""
    fault, spoil = _WAYS[how]
    return emission._replace(payload=spoil(emission.payload), fault=fault, fault_path=None, identifier=None)


def _cut(payload: bytes) -> bytes:
    return payload[: len(payload) * 2 // 3]


def _latin1(payload: bytes) -> bytes:
    """In an encoding that is not UTF-8; a message without a Norwegian letter gets one."""
    text = payload.decode()
    if text.isascii():
        text = f'{text[:-1]},"language":"nå"}}'
    return text.encode("latin-1", "replace")


def _no_patient(payload: bytes) -> bytes:
    resource = orjson.loads(payload)
    entries = resource.get("entry") or [{"resource": resource}]
    for entry in entries:
        for name in ("patient", "subject"):
            entry["resource"].pop(name, None)
    return orjson.dumps(resource)


def _bad_identity_number(payload: bytes) -> bytes:
    return _NUMBER.sub(lambda found: found[0].replace(found[1], _wrong(found[1])), payload)


def _wrong(number: bytes) -> bytes:
    text = number.decode()
    last = next(d for d in "0123456789" if f"{text[9]}{d}" != (check_digits(text[:9]) or ""))
    return f"{text[:10]}{last}".encode()


def _wrong_type(payload: bytes) -> bytes:
    resource = orjson.loads(payload)
    name = next(n for n in ("patient", "subject", "entry", "identifier") if n in resource)
    resource[name] = 17
    return orjson.dumps(resource)


def _unknown_resource(payload: bytes) -> bytes:
    return _TYPE.sub(b'"resourceType":"Velferd"', payload, count=1)


def _too_big(payload: bytes) -> bytes:
    filling = b" " * (_TOO_BIG - len(payload))
    return payload[:-1] + filling + payload[-1:]


_WAYS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "cut": ("broken_json", _cut),
    "latin1": ("wrong_encoding", _latin1),
    "no_patient": ("missing_element", _no_patient),
    "bad_identity_number": ("invalid_identity_number", _bad_identity_number),
    "wrong_type": ("wrong_type", _wrong_type),
    "unknown_resource": ("unknown_resource", _unknown_resource),
    "too_big": ("too_big", _too_big),
}
