"""SIP messages as values: read from bytes, answered, written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: The compact forms of header names (RFC 3261, section 20).
_COMPACT = {
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "l": "content-length",
    "c": "content-type",
}
_COPIED = ("via", "from", "to", "call-id", "cseq")
_REASONS = {
    200: "OK",
    400: "Bad Request",
    405: "Method Not Allowed",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    500: "Server Internal Error",
    503: "Service Unavailable",
}
_START = re.compile(r"SIP/2\.0 \d{3} .*|[A-Z]+ \S+ SIP/2\.0")


class NotSip(ValueError):
    """The bytes are no SIP message. The text says why and repeats none of it."""


@dataclass(frozen=True, slots=True)
class SipMessage:
    """A request or response: start line, headers in order (names in lower case), body."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    @property
    def method(self) -> str:
        """The request's method; empty for a response."""
        return "" if self.status else self.start.split(" ", 1)[0]

    @property
    def status(self) -> int:
        """The response's status; 0 for a request."""
        return int(self.start.split(" ")[1]) if self.start.startswith("SIP/2.0 ") else 0

    def header(self, name: str) -> str:
        """The first header of this name, or an empty text."""
        return next((value for n, value in self.headers if n == name), "")

    @property
    def transaction(self) -> tuple[str, str, str]:
        """What a repeated request has in common with the first: topmost Via, Call-ID and CSeq."""
        return self.header("via"), self.header("call-id"), self.header("cseq")

    @property
    def bytes(self) -> bytes:
        """The message as it goes on the wire, with its length."""
        headers = [(n, v) for n, v in self.headers if n != "content-length"]
        lines = [self.start, *(f"{_wire_name(n)}: {v}" for n, v in headers), f"Content-Length: {len(self.body)}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


def read_sip(raw: bytes) -> SipMessage:
    """The message in a datagram. Raises NotSip."""
    head, gap, body = raw.partition(b"\r\n\r\n")
    if not gap:
        raise NotSip("no end of headers")
    message = SipMessage(*_head(head))
    return SipMessage(message.start, message.headers, body[: content_length(message, len(body))])


def content_length(message: SipMessage, when_missing: int) -> int:
    """The length that the headers give the body. Raises NotSip when it is no number."""
    text = message.header("content-length")
    if not text:
        return when_missing
    if not (text.isascii() and text.isdigit()):
        raise NotSip("Content-Length is no number")
    return int(text)


def head_of(head: bytes) -> SipMessage:
    """The message whose start line and headers these are, without body. Raises NotSip."""
    return SipMessage(*_head(head))


def _head(head: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    try:
        text = head.decode("utf-8").lstrip("\r\n")
    except UnicodeDecodeError as e:
        raise NotSip("headers are not UTF-8") from e
    start, *lines = re.sub(r"\r\n[ \t]+", " ", text).split("\r\n")
    if not _START.fullmatch(start):
        raise NotSip("no start line")
    return start, tuple(_headers(lines))


def _headers(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise NotSip("a header has no colon")
        name = name.strip().lower()
        yield _COMPACT.get(name, name), value.strip()


def _wire_name(name: str) -> str:
    special = {"cseq": "CSeq", "call-id": "Call-ID"}
    return special.get(name, name.title())


def answer_to(
    request: SipMessage, status: int, *, tag: str, source: tuple[str, int], body: bytes = b"", kind: str = ""
) -> SipMessage:
    """The response to `request`, which came from `source`: Via, From, To, Call-ID and CSeq copied, `To` tagged."""
    headers = [(n, v) for n, v in request.headers if n in _COPIED]
    headers = [(n, _tagged(v, tag) if n == "to" else v) for n, v in headers]
    first_via = next((i for i, (n, _) in enumerate(headers) if n == "via"), None)
    if first_via is not None:
        headers[first_via] = ("via", _returned(headers[first_via][1], source))
    if body:
        headers.append(("content-type", kind))
    return SipMessage(f"SIP/2.0 {status} {_REASONS.get(status, 'Status')}", tuple(headers), body)


def _tagged(to: str, tag: str) -> str:
    return to if ";tag=" in to else f"{to};tag={tag}"


def _returned(via: str, source: tuple[str, int]) -> str:
    """The Via with the address that the request really came from (RFC 3581)."""
    via = re.sub(r";rport(?!=)", f";rport={source[1]}", via)
    return via if ";received=" in via else f"{via};received={source[0]}"
