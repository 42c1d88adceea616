"""Bodies and parameters of requests, read with limits. A media type is never a ground to refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request

from hub.api.errors import PayloadTooLarge, fault

_MAX_FORM = 65_536
_MAX_PARAMETERS = 100


async def read_body(request: Request, *, limit: int) -> bytes:
    """The request's body. Raises PayloadTooLarge as soon as it is longer than `limit` bytes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise PayloadTooLarge(limit)
    return bytes(body)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Search parameters, each with its values in order."""

    pairs: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of `name` that isn't empty."""
        return tuple(value for n, value in self.pairs if n == name and value)

    def one(self, name: str) -> str | None:
        """The only value of `name`, or None. Raises RejectedMessage (2.3) when it is given more than once."""
        values = self.all(name)
        if len(values) > 1:
            raise fault("2.3", f"Oppgi {name} høyst én gang.", rule="parameter-repeated")
        return values[0] if values else None

    def only(self, *names: str) -> None:
        """Raises RejectedMessage (2.3) for a parameter that is not among `names`: ignored, it would mislead."""
        known = {*names, "_format", "_pretty"}
        if any(name not in known for name, _ in self.pairs):
            text = f"Kallet tar bare parametrene {', '.join(names)}."
            raise fault("2.3", text, rule="parameter-unknown", kind="not-supported")

    def without(self, *names: str) -> Iterator[tuple[str, str]]:
        """The parameters whose names are not among `names`."""
        return (pair for pair in self.pairs if pair[0] not in names)


def query_parameters(request: Request) -> Parameters:
    """The parameters in the request's address."""
    return Parameters(_pairs(request.scope["query_string"]))


async def form_parameters(request: Request) -> Parameters:
    """The parameters in the body (form-encoded, whatever it says that it is) and those in the address."""
    body = await read_body(request, limit=_MAX_FORM)
    return Parameters((*_pairs(request.scope["query_string"]), *_pairs(body)))


def _pairs(text: bytes) -> tuple[tuple[str, str], ...]:
    try:
        pairs = parse_qsl(text.decode("utf-8"), keep_blank_values=True, max_num_fields=_MAX_PARAMETERS, errors="strict")
    except ValueError as error:
        text_ = "Parametrene kan ikke leses. Send dem som application/x-www-form-urlencoded i UTF-8."
        raise fault("2.4", text_, rule="parameters-unreadable", kind="structure") from error
    return tuple((name.strip(), value.strip()) for name, value in pairs)
