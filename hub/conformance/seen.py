"""What a lane heard, as a reader of the report sees it: cut short, identity numbers and tokens blotted out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from hub.conformance.blotting import blotted
from hub.conformance.national.heard import Heard, Request
from hub.conformance.national.mqtt_packets import Publish
from hub.conformance.national.script import Fine
from hub.conformance.results import Exchange

_LONGEST = 2_000
_MOST = 60
_SHOWN = frozenset({"content-type", "servicecodes", "nhn-source-system", "if-none-exist", "retry-after", "location"})


def exchanges_of(heard: Heard) -> tuple[Exchange, ...]:
    """The exchanges of a test, oldest first, the first sixty: requests with their answers, messages both ways."""
    found = [_of_request(request) for request in heard.requests]
    found += [_of_message(at, packet) for at, packet in heard.packets if isinstance(packet, Publish)]
    found += [_of_sent(at, packet) for at, packet in heard.sent]
    return tuple(sorted(found, key=lambda exchange: exchange.at)[:_MOST])


def _of_request(request: Request) -> Exchange:
    fault = "" if isinstance(request.fault, Fine) else f" [{type(request.fault).__name__}]"
    answer = f"{request.status or 'ikke svar / no answer'}{fault} {_text(request.answer)}"
    return Exchange(
        at=request.at,
        way="http",
        what=blotted(f"{request.method} {request.url}"),
        headers={**_shown(request.headers), **_shown(request.answer_headers)},
        body="" if request.kind == "token" else _text(request.body),
        answer=answer[:_LONGEST] if request.kind != "token" else str(request.status),
    )


def _of_message(at: datetime, publish: Publish) -> Exchange:
    flags = f" QoS {publish.qos}" + (" retain" if publish.is_retained else "")
    return Exchange(at=at, way="mqtt", what=blotted(publish.topic) + flags, body=_text(publish.payload))


def _of_sent(at: datetime, publish: Publish) -> Exchange:
    return Exchange(at=at, way="mqtt", what=blotted(publish.topic), answer=_text(publish.payload))


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: blotted(value) for name, value in headers.items() if name in _SHOWN}


def _text(body: bytes) -> str:
    return blotted(body[:_LONGEST].decode("utf-8", "backslashreplace"))
