"""Composes a case into its journal note: pure, the same case gives the same note."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from hub.journal import composition, reading, times
from hub.journal import revisions as history
from hub.journal.people import Directory, directory
from hub.journal.piece import Part, Piece, section, sections
from hub.journal.reading import Reading
from hub.journal.title import followed_up_late, title
from hub.model.case import CaseHistory, CaseMessage
from hub.model.codes import SERVICE_NAMES, EventKind, ServiceCode
from hub.model.finding import Finding
from hub.model.note import JournalNote, NoteRevision, NoteSection, SourceMessage
from hub.model.person import D_NUMBER, HELP_NUMBER, IDENTITY_NUMBER

_NUMBERS = {IDENTITY_NUMBER: "fødselsnummer", D_NUMBER: "D-nummer", HELP_NUMBER: "felles hjelpenummer"}
_KEPT = frozenset({"current", "linked"})
_STANDINGS = {
    "superseded": ", erstattet av en nyere versjon",
    "late": ", eldre versjon som kom etter den nyere",
    "linked": ", trolig samme hendelse",
}


def compose(case: CaseHistory) -> JournalNote:
    """The journal note of `case` as a nurse reads it, with the senders' messages that belong in it.

    Never raises for messages that were accepted: what can't be read is said to follow whole.
    """
    if len(case.messages) > 1:
        case = replace(case, messages=tuple(sorted(case.messages, key=lambda m: m.number)))
    readings = [reading.read(m) for m in case.messages]
    people = directory(pair for r in readings for pair in r.resources)
    told = {r.message.number: reading.pieces(r, people, case.kind) for r in readings}
    patients = _patients(case, readings, people)
    current = [r for r in readings if r.message.standing == "current"]
    revisions = history.revisions(case, told, patients)
    body = [p for r in current for p in told[r.message.number]]
    extra = [p for r in readings if r.message.standing == "linked" for p in _linked(case, r, told)]
    first = case.messages[0] if case.messages else None
    return JournalNote(
        key=case.key,
        municipality=case.municipality,
        patient=case.patient,
        kind=case.kind,
        service_code=case.service_code,
        category=_category(case, current),
        title=title(case, current),
        occurred_at=case.occurred_at,
        registered_at=first.registered_at if first else case.opened_at,
        source=first.sender if first else history.HUB,
        sections=_all_sections(case, sections([*body, *extra]), revisions, _attention(case, current), patients),
        revisions=revisions,
        messages=tuple(_source(m) for m in case.messages if m.standing in _KEPT),
    )


def _all_sections(
    case: CaseHistory,
    body: list[NoteSection],
    revisions: Sequence[NoteRevision],
    attention: list[str],
    patients: Mapping[int, str],
) -> tuple[NoteSection, ...]:
    before = [section(Part.ATTENTION, attention)] if attention else []
    remarks = dict.fromkeys([*_remarks(case), *patients.values()])
    after = [section(Part.REMARKS, remarks)] if remarks else []
    after.append(section(Part.SOURCE, _sources(case)))
    if len(revisions) > 1:
        after.append(section(Part.HISTORY, history.history(revisions)))
    return (*before, *body, *after)


def _attention(case: CaseHistory, current: Sequence[Reading]) -> list[str]:
    found = [
        f"En tidligere hendelse ({times.clock(earlier)}) for samme pasient venter på behandling."
        for earlier in case.earlier_waiting
    ]
    if case.not_acknowledged_at:
        later = " Senere fulgt opp, se nedenfor." if followed_up_late(case, current) else ""
        found.insert(0, f"{history.not_acknowledged(case)}{later}")
    return found


def _linked(case: CaseHistory, double: Reading, told: Mapping[int, list[Piece]]) -> Iterator[Piece]:
    yield Piece(Part.LINKED, (history.linked(case, double.message),))
    for piece in told[double.message.number]:
        yield Piece(Part.LINKED, piece.lines)


def _remarks(case: CaseHistory) -> Iterator[str]:
    for message in case.messages:
        for remark in message.remarks if message.standing in _KEPT else ():
            if _is_recommendation(remark):
                continue
            seen = [f"{label}: {what}" for label, what in (("fant", remark.found), ("ventet", remark.expected)) if what]
            found = f" ({'; '.join(seen)})" if seen else ""
            yield f"Til avsenderen: {remark.advice}{found}"


def _is_recommendation(remark: Finding) -> bool:
    """Whether it only tells the sender how to write better (NHN's guide): nothing that the patient's journal needs."""
    return remark.severity == "information" and remark.issue_type == "business-rule"


def _sources(case: CaseHistory) -> Iterator[str]:
    first = case.messages[0] if case.messages else None
    yield f"Hendelsen skjedde: {times.shown(case.occurred_at)}"
    yield f"Registrert i knutepunktet: {times.shown(first.registered_at if first else case.opened_at)}"
    yield f"Kilde: {first.sender if first else history.HUB}"
    if case.service_code is not ServiceCode.OTHER:
        yield f"Tjeneste: {SERVICE_NAMES[case.service_code]}"
    if len(case.messages) > 1:
        for m in case.messages:
            standing = _STANDINGS.get(m.standing, "")
            yield (
                f"Melding {m.number}: {history.kind_of(m)} fra {m.sender}, "
                f"registrert {times.shown(m.registered_at)}{standing}"
            )


def _category(case: CaseHistory, current: Sequence[Reading]) -> str:
    said = (composition.category(c) for r in current for c in r.of_type("Composition"))
    remote = case.service_code is ServiceCode.REMOTE_MONITORING or case.kind is EventKind.MEASUREMENT
    return next((s for s in said if s), "2" if remote else "1")


def _patients(case: CaseHistory, readings: Sequence[Reading], people: Directory) -> dict[int, str]:
    """By message number, a remark where the message identifies the patient by another national number."""
    found = {}
    for r in readings:
        numbers = reading.persons(r, people)
        if numbers and case.patient not in numbers:
            said = ", ".join(sorted({_NUMBERS[n.system] for n in numbers}))
            known = _NUMBERS.get(case.patient.system, "et nummer av annet slag")
            found[r.message.number] = (
                f"{r.message.sender} identifiserte pasienten med et annet {said} enn saken har."
                if said == known
                else f"{r.message.sender} identifiserte pasienten med {said}; saken har {known}."
            )
    return found


def _source(message: CaseMessage) -> SourceMessage:
    return SourceMessage(
        raw=message.raw,
        resource_type=message.resource_type,
        sender=message.sender,
        received_at=message.registered_at,
        identifier_system=message.identifier_system,
        identifier_value=message.identifier_value,
    )
