"""The note of the adapters' worked examples: a safety alarm of a synthetic person, in one and in two revisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hub.model.codes import EventKind, ServiceCode
from hub.model.note import JournalNote, NoteRevision, NoteSection, SourceMessage
from hub.model.person import IDENTITY_NUMBER, PatientRef

_RAISED = datetime(2026, 3, 2, 8, 14, 5, tzinfo=UTC)
_REGISTERED = datetime(2026, 3, 2, 8, 14, 6, tzinfo=UTC)
_FOLLOWED_UP = datetime(2026, 3, 2, 8, 31, tzinfo=UTC)

ALERT = (
    b'{"resourceType":"DetectedIssue","identifier":[{"system":"urn:acme:alarm","value":"A-1001"}],"status":"final",'
    b'"code":{"coding":[{"system":"http://ehelse.no/fhir/CodeSystem/vkp-alert-code-v090","code":"3",'
    b'"display":"Trygghetsalarm"}]},"patient":{"identifier":{"system":"urn:oid:2.16.578.1.12.4.1.4.1",'
    b'"value":"13917404089"}},"identifiedDateTime":"2026-03-02T09:14:05+01:00"}'
)
FOLLOW_UP = (
    b'{"resourceType":"Encounter","identifier":[{"system":"urn:acme:visit","value":"B-77"}],"status":"finished",'
    b'"class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"VR"},'
    b'"subject":{"identifier":{"system":"urn:oid:2.16.578.1.12.4.1.4.1","value":"13917404089"}},'
    b'"period":{"start":"2026-03-02T09:20:00+01:00","end":"2026-03-02T09:30:00+01:00"}}'
)

NOTE = JournalNote(
    key="eksempel-1",
    municipality="314159265",
    patient=PatientRef(IDENTITY_NUMBER, "13917404089"),
    kind=EventKind.ALERT,
    service_code=ServiceCode.SAFETY_ALARM,
    category="1",
    title="Trygghetsalarm – meldt",
    occurred_at=_RAISED,
    registered_at=_REGISTERED,
    source="Acme_Alarm_Testvik",
    sections=(
        NoteSection("Hendelse", ("Varsel: Trygghetsalarm", "Varslet: 02.03.2026 kl. 09:14:05")),
        NoteSection("Tid og kilde", ("Kilde: Acme_Alarm_Testvik",)),
    ),
    revisions=(NoteRevision(1, _REGISTERED, "Acme_Alarm_Testvik", ("Notatet er opprettet.",)),),
    messages=(SourceMessage(ALERT, "DetectedIssue", "Acme_Alarm_Testvik", _REGISTERED, "urn:acme:alarm", "A-1001"),),
)

AMENDED = replace(
    NOTE,
    title="Trygghetsalarm – fulgt opp",
    sections=(
        NOTE.sections[0],
        NoteSection("Håndtering", ("02.03.2026 kl. 09:20:00 – Oppfølging: toveis tale",)),
        NOTE.sections[1],
    ),
    revisions=(
        *NOTE.revisions,
        NoteRevision(
            2,
            _FOLLOWED_UP,
            "Acme_Alarm_Testvik",
            ("Ny melding (oppfølging).", "Nytt: 02.03.2026 kl. 09:20:00 – Oppfølging: toveis tale"),
        ),
    ),
    messages=(
        *NOTE.messages,
        SourceMessage(FOLLOW_UP, "Encounter", "Acme_Alarm_Testvik", _FOLLOWED_UP, "urn:acme:visit", "B-77"),
    ),
)
