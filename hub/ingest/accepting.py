"""The one way in: checks each message as it comes, and accepts those that wait together in one commit.

Answers `Outcome` only after the commit. When the store fails, nothing is answered: every waiting caller gets
StoreUnavailable, and so does whoever runs `run`.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import orjson

from hub.fhir.checking import check
from hub.fhir.parsing import EVENT_TYPES, WRITTEN_TYPES, parse
from hub.ingest.admission import Admission
from hub.ingest.characters import check_characters
from hub.ingest.identify import identifier_of, identify
from hub.ingest.remarks import remarks_as_json
from hub.ingest.resolve import Decision, Resolver, lookup_keys
from hub.model.codes import ReceiptCode
from hub.model.errors import RejectedMessage, StoreUnavailable
from hub.model.event import Candidate, Inbound, Outcome
from hub.model.finding import Finding
from hub.model.ports import Clock
from hub.routing import RoutingTable
from hub.store.accepting import lock_patients, save
from hub.store.engine import Engines, is_contention
from hub.store.flow import Happening, note
from hub.store.group_commit import GroupCommit
from hub.store.known import known_of
from hub.store.overview import PER_SENDER
from hub.store.rows import Known, QuarantineRow, Want

log = logging.getLogger(__name__)

_MAX_BATCH = 512
_LONGEST_NAME = 200
_TRIES = 5
_COUNTED = {
    ReceiptCode.ACCEPTED: "accepted",
    ReceiptCode.DUPLICATE: "duplicates",
    ReceiptCode.AMENDED: "amended",
    ReceiptCode.CONFLICT: "conflicts",
    ReceiptCode.REJECTED: "rejected",
}

OnWants = Callable[[Sequence[Want]], None]


@dataclass(frozen=True, slots=True)
class Rules:
    """What checking goes by: the mode, who may send, where things go."""

    mode: Literal["test", "production"]
    admission: Admission
    routing: RoutingTable


@dataclass(frozen=True, slots=True)
class _Checked:
    """A message between its check and its commit; without `candidate` it is rejected because of `findings`."""

    inbound: Inbound
    sha256: str
    candidate: Candidate | None
    findings: tuple[Finding, ...] = ()


class Ingest:
    """Takes messages in. `submit` from any door; one `run` task commits."""

    def __init__(
        self, engines: Engines, rules: Rules, clock: Clock, *, new_id: Callable[[], str], on_wants: OnWants
    ) -> None:
        self._engines = engines
        self._rules = rules
        self._clock = clock
        self._new_id = new_id
        self._on_wants = on_wants
        self._commits: GroupCommit[_Checked, Outcome] = GroupCommit(self._accept, most=_MAX_BATCH)

    def submit(self, inbound: Inbound) -> asyncio.Future[Outcome]:
        """Take `inbound` in. The future is done when the outcome is durable; it fails with StoreUnavailable."""
        return self._commits.submit(_checked(inbound, self._rules))

    async def run(self) -> None:
        """Commit what waits, batch by batch, until cancelled. Raises StoreUnavailable when the store fails."""
        await self._commits.run()

    async def _accept(self, batch: Sequence[_Checked]) -> list[Outcome]:
        for attempt in range(1, _TRIES + 1):
            try:
                outcomes, wants = await self._accept_once(batch)
            except StoreUnavailable:
                raise
            except Exception as error:
                if is_contention(error) and attempt < _TRIES:
                    continue
                return await self._accept_apart(batch, error)
            break
        if wants:
            self._on_wants(wants)
        return outcomes

    async def _accept_apart(self, batch: Sequence[_Checked], error: Exception) -> list[Outcome]:
        """Commit one by one, so that a message that can't be stored holds up nobody else's: it is quarantined."""
        if len(batch) > 1:
            return [outcome for one in batch for outcome in await self._accept([one])]
        (one,) = batch
        if one.candidate is None:
            raise StoreUnavailable(f"a rejected message can't be kept: {type(error).__name__}") from None
        log.error("a message with SHA-256 %s could not be stored: %s", one.sha256, type(error).__name__)
        return await self._accept([replace(one, candidate=None, findings=(_FAULT,))])

    async def _accept_once(self, batch: Sequence[_Checked]) -> tuple[list[Outcome], Sequence[Want]]:
        events = [one.candidate.event for one in batch if one.candidate is not None]
        async with self._engines.writing() as connection:
            await lock_patients(connection, {(e.municipality, e.patient) for e in events})
            known = Known()
            if events:
                keys = {key for e in events for key in lookup_keys(e)}
                known = await known_of(connection, {e.identity for e in events}, keys)
            resolver = Resolver(known, self._rules.routing, self._new_id)
            outcomes = [_outcome(one, resolver) for one in batch]
            changes = resolver.changes
            changes.count("received", len(batch))
            for one, outcome in zip(batch, outcomes, strict=True):
                changes.count(_COUNTED[outcome.code])
                changes.count(self._counter_of_sender(one.inbound, outcome))
            await save(connection, changes, real=self._clock.real(), at=self._clock.now())
            await note(connection, [_happening(one, o) for one, o in zip(batch, outcomes, strict=True)])
        return outcomes, list(changes.wants.values())

    def _counter_of_sender(self, inbound: Inbound, outcome: Outcome) -> str:
        """Names that nobody has registered share one counter: anybody may make them up."""
        sender = (inbound.municipality, inbound.sender)
        known = sender if sender in self._rules.admission.senders else ("", "")
        return f"{PER_SENDER}{known[0]}|{known[1]}|{outcome.code.value}"


def _checked(inbound: Inbound, rules: Rules) -> _Checked:
    sha256 = hashlib.sha256(inbound.payload).hexdigest()
    try:
        return _Checked(inbound, sha256, examine(inbound, rules))
    except RejectedMessage as error:
        return _Checked(inbound, sha256, None, error.findings)
    except Exception as error:
        # Whatever a message holds, the next one must get through: it is kept aside with the name of the fault.
        log.exception("a message with SHA-256 %s could not be read: %s", sha256, type(error).__name__, exc_info=False)
        return _Checked(inbound, sha256, None, (_FAULT,))


def _happening(one: _Checked, outcome: Outcome) -> Happening:
    inbound = one.inbound
    return Happening(
        inbound.received_at,
        outcome.code.value,
        inbound.municipality,
        inbound.sender,
        outcome.case_id,
        outcome.number,
        detail=f"{inbound.door} {one.candidate.event.resource_type}" if one.candidate else inbound.door,
    )


def _outcome(one: _Checked, resolver: Resolver) -> Outcome:
    if one.candidate is None:
        resolver.changes.quarantined.append(_quarantined(one, "rejected", one.findings, None))
        system, value = identifier_of(one.inbound.payload)
        text = "Meldingen er avvist og lagt i karantene."
        return Outcome(ReceiptCode.REJECTED, text, one.sha256, system, value, findings=one.findings)
    decision = resolver.decide(one.candidate)
    remarks = one.candidate.remarks
    if decision.conflict is not None:
        finding = _conflict_finding(decision)
        remarks = (finding, *remarks)
        resolver.changes.quarantined.append(_quarantined(one, "conflict", (finding,), decision.case_id))
    event = one.candidate.event
    return Outcome(
        decision.code,
        decision.text,
        one.sha256,
        event.identifier_system,
        event.identifier_value,
        decision.case_id,
        remarks,
        decision.number,
    )


def examine(inbound: Inbound, rules: Rules) -> Candidate:
    """Check, identify and route one message. Pure. Raises RejectedMessage with every fault found."""
    rules.admission.check_sender(inbound)
    resource = parse(inbound.payload, allowed=EVENT_TYPES if inbound.door == "mqtt" else WRITTEN_TYPES)
    check_characters(resource, inbound.payload)
    level: Literal["vkp", "jft"] = "jft" if inbound.door == "jft" else "vkp"
    findings = (*inbound.remarks, *check(resource, level=level, now=inbound.received_at, mode=rules.mode))
    if any(f.is_error for f in findings):
        raise RejectedMessage(findings)
    event = identify(resource, inbound)
    service = rules.routing.service(event.kind, event.alert_code)
    remark = rules.admission.check_service(inbound, event.kind, service)
    remarks = (*findings, *((remark,) if remark else ()))
    return Candidate(inbound, event, service, remarks)


def _quarantined(one: _Checked, kind: str, findings: Sequence[Finding], case_id: str | None) -> QuarantineRow:
    inbound = one.inbound
    return QuarantineRow(
        kind=kind,
        door=inbound.door,
        municipality=inbound.municipality[:_LONGEST_NAME],
        sender=inbound.sender[:_LONGEST_NAME],
        device=inbound.device and inbound.device[:_LONGEST_NAME],
        raw=inbound.payload,
        sha256=one.sha256,
        findings=remarks_as_json(findings) or orjson.dumps([]).decode(),
        received_at=inbound.received_at,
        case_id=case_id,
    )


def _conflict_finding(decision: Decision) -> Finding:
    return Finding(
        severity="warning",
        path="$this",
        rule="version-conflict",
        advice=f"{decision.conflict} En person må avgjøre det.",
        issue_type="conflict",
        outcome_code="2",
    )


_FAULT = Finding(
    severity="error",
    path="$this",
    rule="hub-fault",
    advice="Knutepunktet kunne ikke behandle meldingen. Den er tatt vare på og kan sendes inn igjen når det er rettet.",
    issue_type="exception",
    outcome_code="2",
)

__all__ = ["Ingest", "OnWants", "Rules", "examine"]
