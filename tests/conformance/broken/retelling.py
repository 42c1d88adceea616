"""Connectors that tell something else than they were told, or send something else than they made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from connectors import Corrected, Event, Retracted
from connectors.connector import Told
from connectors.transport import Outgoing
from connectors.words import Handling
from hub.fhir import verbatim
from tests.conformance.broken.around import Around, Receipt
from tests.conformance.broken.sound import SoundConnector

Json = dict[str, Any]


class Retelling(SoundConnector):
    """Tells each event as `retold` has it, or not at all."""

    def retold(self, event: Any) -> Event | None:
        told: Event = event
        return told

    async def tell_all(self, events: Sequence[Event]) -> list[Told]:
        return await super().tell_all([new for event in events if (new := self.retold(event)) is not None])


class Altering(Around):
    """Sends each message as `altered` has it."""

    def altered(self, message: Json) -> Json:
        return message

    async def send(self, message: Outgoing) -> Receipt:
        payload = verbatim.dumps(self.altered(verbatim.loads(message.payload)))
        return await super().send(replace(message, payload=payload))


def deep(event: Any, change: Callable[[Any], Any]) -> Any:
    """`event` with `change` made to what happened, or was done, and to the alert that it was done about."""
    match event:
        case Corrected() | Retracted():
            return replace(event, event=deep(event.event, change))
        case _ if isinstance(event, Handling):
            return change(replace(event, alert=deep(event.alert, change)))
        case _:
            return change(event)


def renumbered(event: Any, number: Callable[[str], str]) -> Any:
    """`event` with other numbers."""
    return deep(
        event, lambda each: replace(each, number=number(each.number)) if getattr(each, "number", None) else each
    )


def reworded(event: Any, text: Callable[[str], str]) -> Any:
    """`event` with another note or text, where it has one."""

    def change(each: Any) -> Any:
        names = [name for name in ("note", "text") if getattr(each, name, None)]
        return replace(each, **{name: text(getattr(each, name)) for name in names}) if names else each

    return deep(event, change)


def objects_in(value: Any) -> Iterator[Json]:
    """Every object in a message, the message itself included."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects_in(inner)


def every(message: Json, name: str, change: Callable[[Any], Any]) -> Json:
    """`message` with `change` made to every element `name`."""
    for each in objects_in(message):
        if name in each:
            each[name] = change(each[name])
    return message
