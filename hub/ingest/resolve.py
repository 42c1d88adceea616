"""Decides what each message of a batch is: new, a repeat, a version, or a conflict; and whose case it joins. Pure.

Works on what the store knows (`Known`) and lays the batch's own changes over it, so that two messages of one batch
meet as if they had come in two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from hub.ingest.names import alarm_names, names_a_happening, untyped_candidates, wanted_names
from hub.ingest.remarks import remarks_as_json
from hub.model.codes import EventKind, ReceiptCode, Route
from hub.model.event import Candidate, Event
from hub.model.person import PatientRef
from hub.routing import RoutingTable
from hub.store.rows import CaseRow, Changes, KeyRow, Known, MessageRow, Want

EPJ = "epj"
RESPONSE_CENTRE = "response_centre"


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one candidate. A conflict has `conflict` set to the reason, in Norwegian."""

    code: ReceiptCode
    text: str
    case_id: str | None = None
    conflict: str | None = None
    number: int | None = None


def lookup_keys(event: Event) -> set[str]:
    """Every case key that deciding about `event` may ask the store for."""
    keys: set[str] = set(event.alarm_keys)
    for key in event.reference_keys:
        keys.update(untyped_candidates(key))
    for key in event.own_keys:
        keys.update(wanted_names(key))
    keys.update(wanted for key in event.alarm_reference_keys for wanted in _wanting(key))
    if event.bundle_key:
        keys.add(event.bundle_key)
    if event.fingerprint:
        keys.update(alarm_names(event.fingerprint))
    return keys


class Resolver:
    """Decides message by message, gathering the batch's `changes`."""

    def __init__(self, known: Known, routing: RoutingTable, new_id: Callable[[], str]) -> None:
        self.changes = Changes()
        self._known = known
        self._routing = routing
        self._new_id = new_id

    def decide(self, candidate: Candidate) -> Decision:
        """What `candidate` is, with its consequences laid into `changes`."""
        event = candidate.event
        versions = self._known.messages.get(event.identity, [])
        if same := next((v for v in versions if v.content_hash == event.content_hash), None):
            text = "Meldingen er mottatt før. Ingenting er registrert på nytt."
            return Decision(ReceiptCode.DUPLICATE, text, same.case_id, number=same.number)
        case, is_linked = self._case_of(event, versions)
        if case is not None and _is_another_patient(case.patient, event.patient):
            if not candidate.inbound.is_decided:
                return _conflict(case, "Meldingen gjelder en annen pasient enn saken den hører til.")
            case, is_linked, versions = None, False, []
        if versions and case is not None:
            return self._version(candidate, [v for v in versions if v.case_id == case.id], case)
        if case is None:
            case = self._open(candidate)
            text = "Meldingen er registrert."
        else:
            text = "Meldingen er registrert i en sak som alt var åpen."
        if is_linked:
            text = "Meldingen er registrert. Den gjelder trolig en alarm som alt er meldt en annen vei, og vises der."
        self._add(candidate, case, standing="linked" if is_linked else "current", replaces=None)
        return Decision(ReceiptCode.ACCEPTED, text, case.id, number=case.messages)

    def _case_of(self, event: Event, versions: list[MessageRow]) -> tuple[CaseRow | None, bool]:
        """The case that `event` belongs to by the first key that applies, and whether it is only probably so."""
        if versions:
            return self._case_of_versions(event, versions), False
        row = (
            self._first(event.alarm_keys, "own")
            or self._first((w for k in event.own_keys for w in wanted_names(k)), "wanted")
            or (None if _is_alarm_of_its_own(event) else self._referred_to(event))
            or self._told_before(event)
        )
        return (self._case(row.case_id), False) if row else self._same_alarm(event)

    def _case_of_versions(self, event: Event, versions: list[MessageRow]) -> CaseRow:
        """The case of the versions for this patient; a person may have settled that some are for another one."""
        cases = [self._case(v.case_id) for v in sorted(versions, key=lambda v: (v.case_id, v.number))]
        return next((c for c in cases if not _is_another_patient(c.patient, event.patient)), cases[0])

    def _referred_to(self, event: Event) -> KeyRow | None:
        """What the message refers to, if it has been seen; an alarm that another message waits for; its Bundle."""
        seen = (k for reference in event.reference_keys for k in untyped_candidates(reference))
        missed = (w for key in event.alarm_reference_keys for w in _wanting(key))
        bundle = self._key(event.bundle_key) if event.bundle_key else None
        return self._first(seen, "own") or self._first(missed, "wanted") or bundle

    def _told_before(self, event: Event) -> KeyRow | None:
        """What the sender has told of in another wrapping, alone or in another Bundle. Alarms have numbers for that."""
        row = None if event.has_alert else self._first(filter(names_a_happening, event.own_keys), "own")
        return row if row is not None and self._case(row.case_id).sender == event.sender else None

    def _first(self, keys: Iterable[str], kind: str) -> KeyRow | None:
        return next((row for key in keys if (row := self._key(key)) and row.kind == kind), None)

    def _same_alarm(self, event: Event) -> tuple[CaseRow | None, bool]:
        """The case of an alarm with the same patient, device, code and second. Another report of it is a probable
        double; what was done about an alarm that has no name of its own belongs to it.
        """
        for row in self._alarms(event):
            if not _are_two_alarms(row.series, event.alarm_numbers):
                self._tell_apart_by(row, event)
                return self._case(row.case_id), not event.is_follow_up
        return None, False

    def _alarms(self, event: Event) -> Iterator[KeyRow]:
        """The known alarms with this one's fingerprint."""
        for name in alarm_names(event.fingerprint) if event.fingerprint else ():
            if (row := self._key(name)) is None:
                return
            yield row

    def _tell_apart_by(self, row: KeyRow, event: Event) -> None:
        """From now on the alarm has this report's numbers as well."""
        numbers = tuple(dict.fromkeys((*row.series, *event.alarm_numbers)))
        if not event.is_follow_up and numbers != row.series:
            self._change_key(replace(row, series=numbers))

    def _key(self, key: str) -> KeyRow | None:
        return self.changes.new_keys.get(key) or self.changes.changed_keys.get(key) or self._known.keys.get(key)

    def _case(self, case_id: str) -> CaseRow:
        return self.changes.new_cases.get(case_id) or self._known.cases[case_id]

    def _version(self, candidate: Candidate, versions: list[MessageRow], case: CaseRow) -> Decision:
        said_at = candidate.event.said_at
        newest = max((v for v in versions if v.standing != "late"), key=lambda v: v.number)
        is_decided = candidate.inbound.is_decided
        undecidable = said_at is None or newest.said_at is None or any(v.said_at == said_at for v in versions)
        if undecidable and not is_decided:
            return _conflict(case, "Samme identifikator med annet innhold, og tidspunktene sier ikke hva som er nyest.")
        if not is_decided and said_at is not None and newest.said_at is not None and said_at < newest.said_at:
            self._add(candidate, case, standing="late", replaces=None)
            text = "En eldre utgave av en kjent melding. Den er tatt vare på som historikk."
            return Decision(ReceiptCode.AMENDED, text, case.id, number=case.messages)
        standing = "linked" if newest.standing == "linked" else "current"
        newest.standing = "superseded"
        self.changes.superseded.append((newest.case_id, newest.number))
        self._add(candidate, case, standing=standing, replaces=newest.number)
        text = "En nyere utgave av en kjent melding er registrert."
        return Decision(ReceiptCode.AMENDED, text, case.id, number=case.messages)

    def _open(self, candidate: Candidate) -> CaseRow:
        event = candidate.event
        case = CaseRow(
            id=self._new_id(),
            municipality=event.municipality,
            patient=event.patient,
            sender=event.sender,
            kind=event.kind,
            service_code=candidate.service_code,
            alert_code=event.alert_code,
            occurred_at=event.occurred_at,
            opened_at=candidate.inbound.received_at,
        )
        self.changes.new_cases[case.id] = case
        return case

    def _add(self, candidate: Candidate, case: CaseRow, *, standing: str, replaces: int | None) -> None:
        event, inbound = candidate.event, candidate.inbound
        case.messages += 1
        case.change += 1
        row = MessageRow(
            case_id=case.id,
            number=case.messages,
            identity=event.identity,
            content_hash=event.content_hash,
            sender=event.sender,
            device=event.device,
            door=inbound.door,
            resource_type=event.resource_type,
            identifier_system=event.identifier_system,
            identifier_value=event.identifier_value,
            raw=inbound.payload,
            registered_at=inbound.received_at,
            said_at=event.said_at,
            occurred_at=event.occurred_at,
            standing=standing,
            replaces=replaces,
            remarks=remarks_as_json(candidate.remarks),
            is_alert=event.has_alert and not event.is_follow_up,
            source=inbound.source,
        )
        self.changes.new_messages.append(row)
        self._known.messages.setdefault(event.identity, []).append(row)
        self._learn_names(event, case)
        self._grow(case, candidate, row)
        if case.id not in self.changes.new_cases:
            self.changes.changed_cases[case.id] = case

    def _learn_names(self, event: Event, case: CaseRow) -> None:
        for key in event.own_keys:
            self._learn(KeyRow(key, case.id, "own"))
        for key in () if _is_alarm_of_its_own(event) else event.reference_keys:
            self._learn(KeyRow(key, case.id, "wanted"))
        if event.fingerprint and all(row.case_id != case.id for row in self._alarms(event)):
            free = next((name for name in alarm_names(event.fingerprint) if self._key(name) is None), None)
            if free is not None:
                self._learn(KeyRow(free, case.id, "alarm", event.alarm_numbers))

    def _learn(self, row: KeyRow) -> None:
        """The first case to bear a name keeps it; a name only wanted until now becomes its owner's."""
        held = self._key(row.key)
        if held is None:
            self.changes.new_keys[row.key] = row
        elif held.kind == "wanted" and row.kind == "own" and held.case_id == row.case_id:
            self._change_key(row)

    def _change_key(self, row: KeyRow) -> None:
        is_new = row.key in self.changes.new_keys
        (self.changes.new_keys if is_new else self.changes.changed_keys)[row.key] = row

    def _grow(self, case: CaseRow, candidate: Candidate, row: MessageRow) -> None:
        """What one more message does to the case as a whole, and what its destinations should now hold."""
        event = candidate.event
        if event.kind is EventKind.ALERT and case.kind is not EventKind.ALERT:
            case.kind = EventKind.ALERT
            case.service_code, case.alert_code = candidate.service_code, event.alert_code
            case.occurred_at, case.sender = event.occurred_at, event.sender
        if row.is_alert:
            case.alerts += 1
        if event.is_follow_up and case.followed_up_at is None:
            case.followed_up_at = candidate.inbound.received_at
        self._want(case, candidate, row)

    def _want(self, case: CaseRow, candidate: Candidate, row: MessageRow) -> None:
        route = self._routing.route(case.municipality, case.kind)
        awaits_follow_up = case.followed_up_at is None and case.escalated_at is None
        waits = route in {Route.RESPONSE_CENTRE, Route.EPJ_WHEN_FOLLOWED_UP} and case.kind is EventKind.ALERT
        if route is Route.RESPONSE_CENTRE and row.is_alert and row.standing == "current" and awaits_follow_up:
            self._deliver(case, RESPONSE_CENTRE)
        if waits and awaits_follow_up:
            if case.acknowledge_by is None:
                limit: timedelta = self._routing.acknowledge_within[case.municipality]
                case.acknowledge_by = candidate.inbound.received_at + limit
                case.escalated_after_s = int(limit.total_seconds())
        elif route is not Route.NONE:
            self._deliver(case, EPJ)

    def _deliver(self, case: CaseRow, destination: str) -> None:
        self.changes.wants[case.id, destination] = Want(
            case.id, destination, case.municipality, case.patient, case.occurred_at, case.change
        )


def _wanting(key: str) -> set[str]:
    """The names under which another message may have asked for the alarm that a reference's `key` names."""
    return {wanted for name in untyped_candidates(key)[:1] for wanted in wanted_names(name)}


def _is_alarm_of_its_own(event: Event) -> bool:
    """Whether the message raises a numbered alarm, which is a case whatever it refers to; nobody's alarm is hidden."""
    return bool(event.alarm_keys) and not event.is_follow_up


def _conflict(case: CaseRow, reason: str) -> Decision:
    return Decision(ReceiptCode.CONFLICT, reason, case.id, conflict=reason)


def _is_another_patient(known: PatientRef, said: PatientRef) -> bool:
    """Two numbers of one system are two people; numbers of different systems can't be compared."""
    return known.system == said.system and known.value != said.value


def _are_two_alarms(known: tuple[tuple[str, str], ...], said: tuple[tuple[str, str], ...]) -> bool:
    """Whether one numbering series gave the two alarms different numbers."""
    ours = dict(known)
    return any(system in ours and ours[system] != value for system, value in said)


__all__ = ["EPJ", "RESPONSE_CENTRE", "Decision", "Resolver", "lookup_keys"]
