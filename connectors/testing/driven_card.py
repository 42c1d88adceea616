"""What a connector's class is and what can be tried with it, as the conformance kit asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import packages_distributions, version

from connectors.forwarded import ForwardedAlert
from connectors.testing.driven_calls import CALLS
from connectors.testing.driving import ExampleCard, ProductCard
from connectors.testing.spoken import WORDS
from connectors.vendor import Example, VendorConnector
from connectors.words import Corrected, Event, Handling, Retracted

SESSIONS = 16


def card_of(kind: type[VendorConnector]) -> ProductCard:
    """The card of the class `kind`; its version is that of the installed package, where it is in one."""
    return ProductCard(
        product=kind.__name__,
        version=_version(kind),
        ways=("mqtt", "vkp", "jft"),
        roles=("connector", "response-centre", "api-client"),
        words=tuple(word.__name__ for word in kind.words) or tuple(WORDS),
        examples=tuple(_example(example) for example in kind.examples),
        calls=tuple(CALLS),
        service_codes=kind.service_codes,
        sessions=SESSIONS,
    )


def _version(kind: type[VendorConnector]) -> str:
    package = kind.__module__.partition(".")[0]
    for distribution in packages_distributions().get(package, ()):
        return version(distribution)
    return ""


def _example(example: Example) -> ExampleCard:
    people = dict.fromkeys(person for event in example.events for person in _people(event))
    return ExampleCard(name=example.name, events=len(example.events), people=tuple(people))


def _people(event: Event | ForwardedAlert) -> Iterator[str]:
    """The number of the patient whom `event` is about, where it says one."""
    match event:
        case Corrected() | Retracted():
            yield from _people(event.event)
        case ForwardedAlert():
            value = event.subject.get("identifier", {}).get("value")
            yield from [value] if isinstance(value, str) else []
        case _ if isinstance(event, Handling):
            yield from _people(event.alert)
        case _:
            yield event.patient.value
