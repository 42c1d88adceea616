"""A request, an answer, and a flow of them: sign-in written without a network."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace

#: A flow yields requests, is sent their answers, and returns the last; the shape of httpx's `auth_flow`.
Flow = Generator["HttpRequest", "HttpResponse", "HttpResponse"]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request. Header names are given as they are to be sent."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def with_headers(self, **headers: str) -> HttpRequest:
        """The same request with more headers; `_` in a name stands for `-`."""
        return replace(self, headers={**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}})


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
