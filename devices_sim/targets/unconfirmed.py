"""Messages that nothing has confirmed yet, and when to send them again: what real devices do after silence."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import orjson

from devices_sim.emission import Emission
from hub.fhir.outcome import SHA256_EXTENSION
from hub.model.codes import RECEIPT_SYSTEM


@dataclass(slots=True)
class _Waiting:
    emission: Emission
    since: float
    tries: int = 1


class Unconfirmed:
    """Messages by the SHA-256 of their bytes. Times are seconds on a clock that only goes forward.

    A message is due again `retry_after_s` after it was sent last, later each time, and given up after `tries`
    sendings. Of more than `at_most` the oldest are forgotten.
    """

    def __init__(self, *, retry_after_s: float, tries: int, at_most: int = 20_000) -> None:
        self._retry_after_s = retry_after_s
        self._tries = tries
        self._at_most = at_most
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()

    def __len__(self) -> int:
        return len(self._waiting)

    def sent(self, emission: Emission, now: float) -> None:
        """A message was sent and waits for its receipt."""
        self._waiting[emission.sha256] = _Waiting(emission, now)
        if len(self._waiting) > self._at_most:
            self._waiting.popitem(last=False)

    def confirmed(self, sha256: str) -> bool:
        """A receipt came. Whether anything waited for it."""
        return self._waiting.pop(sha256, None) is not None

    def due(self, now: float) -> tuple[list[Emission], int]:
        """What to send again at `now`, and how many were given up."""
        again: list[Emission] = []
        given_up = 0
        for sha256, waiting in list(self._waiting.items()):
            if now - waiting.since < self._retry_after_s:
                break
            del self._waiting[sha256]
            if waiting.tries >= self._tries:
                given_up += 1
                continue
            self._waiting[sha256] = _Waiting(
                waiting.emission, now + self._retry_after_s * waiting.tries, waiting.tries + 1
            )
            again.append(waiting.emission._replace(repeats=waiting.emission.repeats + waiting.tries))
        return again, given_up


def receipts_in(payload: bytes) -> list[tuple[str, str]]:
    """The receipts in an OperationOutcome as (SHA-256 in hex, receipt code); none in anything else."""
    try:
        outcome = orjson.loads(payload)
        issues = outcome["issue"]
        extensions = [*(e for issue in issues for e in issue.get("extension", ())), *outcome.get("extension", ())]
        hashes = [e["valueString"].lower() for e in extensions if e["url"] == SHA256_EXTENSION]
        codings = [c for issue in issues for c in issue.get("details", {}).get("coding", ())]
        codes = [c["code"] for c in codings if c.get("system") == RECEIPT_SYSTEM]
        return [(hashes[0], str(codes[0]))] if hashes and codes else []
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return []
