"""Faults in what is done about access that is missing, and about what the hub says later."""

from __future__ import annotations

import asyncio
from typing import Any

from connectors.transport.port import Journaling
from hub.model.errors import AccessDenied, DeliveryFailed, Refused, Unreachable
from tests.conformance.broken import Broken
from tests.conformance.broken.around import Around, Outgoing, Receipt, Rewired


class NeverAsksForStatus(Rewired):
    """Registered is good enough."""

    class around(Around):
        async def status(self, reference: str) -> Journaling:
            return Journaling()


class KeepsAskingForStatus(Rewired):
    """Asks on when it knows the answer."""

    class around(Around):
        def __init__(self, inner: Any) -> None:
            super().__init__(inner)
            self.asking: set[asyncio.Task[None]] = set()

        async def status(self, reference: str) -> Journaling:
            self.asking.add(asyncio.create_task(self._ask_again(reference)))
            return await super().status(reference)

        async def _ask_again(self, reference: str) -> None:
            await asyncio.sleep(1)
            await super().status(reference)


class TakesFailedForJournaled(Rewired):
    """All that is over has gone well."""

    class around(Around):
        async def status(self, reference: str) -> Journaling:
            said = await super().status(reference)
            return Journaling(said.registered, said.read, said.journaled or said.failed)


class KnocksAtClosedDoors(Rewired):
    """403 may be another answer in a moment."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            for _ in range(20):
                try:
                    return await super().send(message)
                except AccessDenied:
                    await asyncio.sleep(0.2)
            raise Unreachable("not let in")


class GivesUpAtSignIn(Rewired):
    """Nothing is kept for when the access is back."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except AccessDenied as e:
                raise Refused(str(e)) from e


class SaysNoReason(Rewired):
    """Refused is all there is to know."""

    class around(Around):
        async def send(self, message: Outgoing) -> Receipt:
            try:
                return await super().send(message)
            except DeliveryFailed as e:
                raise type(e)("") from e


def _access(*names: str) -> tuple[str, ...]:
    return tuple(f"delivery.access.{name}" for name in names)


BROKEN = (
    Broken(NeverAsksForStatus, "never asks for $status", ("delivery.following.asked.jft",)),
    Broken(KeepsAskingForStatus, "asks for $status for ever", ("delivery.following.journaled-no-more.jft",)),
    Broken(TakesFailedForJournaled, "takes failed for journaled", ("delivery.following.failed.jft",)),
    Broken(KnocksAtClosedDoors, "knocks at closed doors", _access("forbidden.jft", "unauthorised.vkp")),
    Broken(GivesUpAtSignIn, "gives up when sign-in is refused", _access("unauthorised.jft")),
    Broken(SaysNoReason, "says no reason for a refusal", _access("reason-told.vkp")),
)
