"""The response centre as a destination: the alert goes out on MQTT, and a receipt comes back."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any

from hub.dispatch.destination import Attempt, Receipt
from hub.model.case import CaseHistory
from hub.model.codes import RECEIPT_SYSTEM, ReceiptCode
from hub.model.errors import OutcomeUnknown, Refused
from hub.model.ports import Publisher

_MAX_IN_FLIGHT = 64


class ResponseCentreDestination:
    """Publishes alerts on `vft/{municipality}/response-centre/alert` and waits for the centre's receipts.

    The payload is the sender's message as it came. The centre's receipt is an OperationOutcome with the SHA-256 of
    what it got; the same alert may come again until it is confirmed, always with the same bytes.
    """

    is_metered = False
    can_find = True
    max_in_flight = _MAX_IN_FLIGHT

    def __init__(self, publisher: Publisher, municipality: str, *, timeout_s: float) -> None:
        self._publisher = publisher
        self._topic = f"vft/{municipality}/response-centre/alert"
        self._timeout_s = timeout_s
        self._unconfirmed: dict[str, asyncio.Future[str]] = {}

    async def deliver(self, attempt: Attempt) -> Receipt:
        """Publish the newest alert of the case and wait for the receipt.

        Raises OutcomeUnknown without a receipt in time, Refused when the centre rejects the alert.
        """
        alert = _newest_alert(attempt.history)
        sha256 = hashlib.sha256(alert).hexdigest()
        confirmed = self._unconfirmed.setdefault(sha256, asyncio.get_running_loop().create_future())
        try:
            await self._publisher.publish(self._topic, alert, correlation=bytes.fromhex(sha256))
            # Not wait_for, which would swallow that we are cancelled when the receipt comes at that very moment.
            async with asyncio.timeout(self._timeout_s):
                code = await asyncio.shield(confirmed)
        except TimeoutError as error:
            raise OutcomeUnknown("the response centre has not confirmed the alert") from error
        finally:
            self._unconfirmed.pop(sha256, None)
        if code == ReceiptCode.REJECTED:
            raise Refused("the response centre rejected the alert")
        return Receipt(sha256, len(attempt.history.messages))

    def confirm(self, outcome: Mapping[str, Any]) -> None:
        """Take in a receipt of the centre. One that nobody waits for is left: the next attempt gets its own."""
        for sha256, code in receipts_in(outcome):
            waiting = self._unconfirmed.get(sha256)
            if waiting is not None and not waiting.done():
                waiting.set_result(code)

    async def aclose(self) -> None:
        """Nothing is held open."""


def _newest_alert(history: CaseHistory) -> bytes:
    """What was last said of the alarm itself; what was said of its handling is the centre's own."""
    alerts = [m.raw for m in history.messages if m.is_alert and m.standing == "current"]
    return (alerts or [m.raw for m in history.messages])[-1]


def receipts_in(outcome: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The receipts in an OperationOutcome: SHA-256 and code of each."""
    issues = _objects(outcome.get("issue"))
    codings = [
        c for issue in issues for details in _objects(issue.get("details")) for c in _objects(details.get("coding"))
    ]
    codes = [c.get("code") for c in codings if c.get("system") == RECEIPT_SYSTEM]
    extensions = [e for holder in (outcome, *issues) for e in _objects(holder.get("extension"))]
    hashes = [e.get("valueString") for e in extensions if e.get("url") == MESSAGE_SHA256]
    return [(str(h), str(codes[0])) for h in hashes[:1] if codes]


def _objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list, or the one object where a list belongs; nothing of anything else."""
    return [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, dict)]


MESSAGE_SHA256 = "urn:knutepunkt:message-sha256"
