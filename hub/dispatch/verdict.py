"""What an attempt's outcome means for the delivery: settled, to be tried again, or a person's to see to."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.dispatch.backoff import delay_s
from hub.dispatch.desk import Desk
from hub.dispatch.destination import Receipt
from hub.model.errors import DeliveryFailed, OutcomeUnknown, PatientUnknown, Refused, Unreachable
from hub.model.ports import Clock
from hub.model.usage import UsageRecord
from hub.store.delivering import Delivery
from hub.store.settling import Postponed, Settled, Settlement, Stopped

#: After so many attempts without an answer, a delivery to somebody who answered others lately waits for a person.
_UNANSWERED_MOST = 30
_LATELY_S = 60.0

UsageOf = Callable[[Delivery, datetime], UsageRecord]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Judges outcomes. A destination that answered, if only to refuse, is told to its desk."""

    clock: Clock
    chance: random.Random
    usage_of: UsageOf

    def settled(self, desk: Desk, delivery: Delivery, receipt: Receipt) -> Settled:
        """The destination holds the case; with the record of use if it is the first time there."""
        now = self.clock.now()
        is_first = desk.destination.is_metered and not delivery.is_settled_once
        return Settled(
            delivery.case_id,
            delivery.lane.destination,
            delivery.change,
            receipt.note_revision,
            receipt.reference,
            now,
            self.usage_of(delivery, now) if is_first else None,
            receipt.story,
        )

    def failed(self, desk: Desk, delivery: Delivery, error: DeliveryFailed, *, is_doubtful: bool) -> Settlement:
        """The destination did not take it, or nobody knows."""
        match error:
            case PatientUnknown():
                desk.answered(self.clock.real())
                return self.stopped(delivery, "patient_unknown", _PATIENT_UNKNOWN, in_doubt=is_doubtful)
            case Refused():
                desk.answered(self.clock.real())
                return self.stopped(delivery, "refused", _REFUSED, in_doubt=is_doubtful)
            case Unreachable():
                real = self.clock.real()
                delay = delay_s(desk.gate.failures, self.chance, retry_after=error.retry_after)
                desk.gate.close(delay, real=real)
                return self.postponed(delivery, desk.gate.opens_real, in_doubt=is_doubtful, reason="unreachable")
            case OutcomeUnknown():
                if not desk.destination.can_find:
                    return self.stopped(delivery, "in_doubt", IN_DOUBT, in_doubt=True)
                if self._is_alone_unanswered(desk, delivery):
                    return self.stopped(delivery, "in_doubt", _UNANSWERED, in_doubt=True)
                delay = delay_s(delivery.attempts, self.chance, retry_after=error.retry_after)
                return self.postponed(delivery, self.clock.real() + delay, in_doubt=True, reason="outcome_unknown")
        raise error

    def _is_alone_unanswered(self, desk: Desk, delivery: Delivery) -> bool:
        """Whether the destination answers others and never this one, so that the patient's next must not wait on."""
        is_there = self.clock.real() - desk.answered_real < _LATELY_S
        return is_there and delivery.attempts >= _UNANSWERED_MOST

    def postponed(
        self, delivery: Delivery, not_before: float, *, in_doubt: bool, reason: str, tell: bool = True
    ) -> Postponed:
        """To be tried again after `not_before`, machine seconds; with `in_doubt` it is looked up first."""
        now = self.clock.now()
        lane = delivery.lane
        return Postponed(delivery.case_id, lane.destination, lane.key, not_before, in_doubt, reason, now, tell)

    def stopped(self, delivery: Delivery, reason: str, text: str, *, in_doubt: bool) -> Stopped:
        """A person's to see to; `text` tells operations."""
        return Stopped(
            delivery.case_id,
            delivery.lane.destination,
            delivery.lane.municipality,
            delivery.change,
            in_doubt,
            reason,
            text,
            self.clock.now(),
        )


FAULT = "Notatet kunne ikke lages. Feilen ligger i knutepunktet; se loggen, og send på nytt når den er rettet."
_PATIENT_UNKNOWN = "EPJ kjenner ikke pasienten. Rett adressaten eller opprett pasienten i EPJ, og send på nytt."
_REFUSED = "Mottakeren avviste meldingen. Se hva den svarte, rett årsaken og send på nytt."
_UNANSWERED = "Mottakeren svarer på annet, men ikke på dette. Se etter om det er registrert, og send på nytt."
IN_DOUBT = "Det er uvisst om notatet ble registrert, og EPJ kan ikke slås opp i. Se etter i journalen før ny sending."
