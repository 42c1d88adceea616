"""What goes wrong next on the national side, and how: faults as values, in a queue for each kind of request."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

#: `write`: an event is handed in; `read`: a search; `status`: JFT's $status; `token`: the token endpoint;
#: `discovery`: the token service's configuration.
Kind = Literal["write", "read", "status", "token", "discovery"]
When = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer with an HTTP status of our own; over MQTT a status of 400 or more is a receipt that rejects.

    `before`: the request never gets in; `after`: it gets in, and this is what the sender hears of it.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    when: When = "before"


@dataclass(frozen=True, slots=True)
class Silence:
    """Answer nothing. `after`: the request has got in all the same."""

    when: When


@dataclass(frozen=True, slots=True)
class Cut:
    """Break the connection. `after`: the request has got in all the same."""

    when: When


@dataclass(frozen=True, slots=True)
class Late:
    """Answer rightly, but only after `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class FaultyToken:
    """Hand out a token with one `fault` of `hub.token_service.faults.FAULTS`, such as `expired` or `wrong_issuer`.

    Two are no faults, but put a system to the test: `bearer` is bound to no key, `short_lived` lasts for 3 seconds.
    """

    fault: str


@dataclass(frozen=True, slots=True)
class Fine:
    """Nothing goes wrong this time."""


Fault = Answer | Silence | Cut | Late | FaultyToken | Fine


class Script:
    """The faults to come. `next` puts faults in line; each request takes the first of its kind, or none is left."""

    def __init__(self) -> None:
        self._lines: dict[Kind, deque[Fault]] = defaultdict(deque)
        self._always: dict[Kind, Fault] = {}

    def next(self, *faults: Fault, kind: Kind = "write") -> None:
        """Let the next requests of `kind` meet `faults`, one each."""
        self._lines[kind].extend(faults)

    def always(self, fault: Fault, *, kind: Kind = "write") -> None:
        """Let every request of `kind` meet `fault`, once those in line are used up, until `never`."""
        self._always[kind] = fault

    def never(self, *, kind: Kind = "write") -> None:
        """Let nothing more go wrong with requests of `kind`."""
        self._always.pop(kind, None)
        self._lines[kind].clear()

    def take(self, kind: Kind) -> Fault:
        """What this request meets."""
        line = self._lines[kind]
        return line.popleft() if line else self._always.get(kind, Fine())

    def is_used_up(self, *, kind: Kind = "write") -> bool:
        """Whether every fault in line has been met."""
        return not self._lines[kind]
