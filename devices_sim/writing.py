"""From happenings to messages: picks the resource, names it, puts it on its topic, and says what is true of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from devices_sim.emission import CaseFacts, Emission
from devices_sim.happening import Alert, Dispense, Happening, Reading, Report, Status, Supervision
from devices_sim.localday import instant, utc_text
from devices_sim.message import document
from devices_sim.message.observation import observation, said_by
from devices_sim.message.resources import detected_issue, encounter, medication_dispense
from devices_sim.message.vocabulary import ALERT_NAMES, DISPENSE_NAMES, MODE_NAMES, REASON_NAMES
from devices_sim.randomness import mixed, uuid_of
from devices_sim.town import SERVICES
from hub.model.codes import EventKind

if TYPE_CHECKING:
    from devices_sim.response_centre import FollowUp

_KINDS = {
    Alert: EventKind.ALERT,
    Report: EventKind.ALERT,
    Dispense: EventKind.DISPENSE,
    Reading: EventKind.MEASUREMENT,
    Supervision: EventKind.SUPERVISION,
}


def topic(happening: Happening, leaf: str = "event") -> str:
    """The device's own topic."""
    town, kit = happening.resident.town, happening.kit
    return f"vft/{town.organisation_number}/{town.sender(kit.service)}/{kit.id}/{leaf}"


def facts(happening: Happening, *phrases: str) -> CaseFacts:
    """What is true of a happening. `phrases` must stand in its note."""
    what = happening.what
    return CaseFacts(
        f"{happening.salt:016x}",
        happening.resident.town.organisation_number,
        happening.resident.identity,
        _KINDS[type(what)],
        SERVICES[happening.kit.service],
        what.code if isinstance(what, Alert | Report) else None,
        instant(happening.at),
        happening.kit.id,
        phrases or _phrases(happening),
        clock_error_s=happening.clock_error_s,
    )


def _phrases(happening: Happening) -> tuple[str, ...]:
    what = happening.what
    if isinstance(what, Alert):
        return (ALERT_NAMES[what.code],)
    if isinstance(what, Report):
        return (ALERT_NAMES[what.code], what.note, *(said for reading in what.readings for said in said_by(reading)))
    if isinstance(what, Reading):
        return said_by(what)
    if isinstance(what, Dispense):
        return (DISPENSE_NAMES[what.code], what.dose)
    assert isinstance(what, Supervision)
    return (MODE_NAMES[what.mode], REASON_NAMES[what.reason], *((what.note,) if what.note else ()))


def _told(said: FollowUp) -> CaseFacts:
    phrases = (ALERT_NAMES[said.alert.code], *(text for _, text in said.sections))
    return facts(said.about, *phrases)._replace(version=said.version)


def issue_uuid(happening: Happening) -> str:
    """The UUID by which an alert names itself."""
    return uuid_of(happening.salt)


def written(happening: Happening) -> Emission:
    """The message of a happening, as its device sends it."""
    what = happening.what
    if isinstance(what, Status):
        return _status(happening, what)
    uuid = issue_uuid(happening)
    resource_type, text = _resource(happening, uuid)
    named = not isinstance(what, Alert) or what.named
    return Emission(
        instant(happening.sent_at),
        topic(happening),
        text.encode(),
        case=facts(happening),
        identifier=f"urn:uuid:{uuid}" if named else None,
        resource_type=resource_type,
        source=happening,
        salt=happening.salt,
    )


def _resource(happening: Happening, uuid: str) -> tuple[str, str]:
    """The type of the message's resource, and the resource as JSON text."""
    what = happening.what
    if isinstance(what, Alert):
        return "DetectedIssue", detected_issue(happening, what, uuid if what.named else None)
    if isinstance(what, Dispense):
        return "MedicationDispense", medication_dispense(happening, what, uuid)
    if isinstance(what, Reading):
        return "Observation", observation(happening, what, uuid)
    if isinstance(what, Supervision):
        if what.note:
            return "Bundle", document.supervision(happening, what, uuid)
        return "Encounter", encounter(happening, what, uuid)
    assert isinstance(what, Report)
    return "Bundle", document.report(happening, what, uuid)


def _status(happening: Happening, status: Status) -> Emission:
    at = happening.at
    said = {"state": status.state, "battery": status.battery, "at": utc_text(at), "next_within_s": status.next_within_s}
    where = topic(happening, "status")
    return Emission(
        instant(happening.sent_at), where, orjson.dumps(said), True, "status", source=happening, salt=happening.salt
    )


def follow_up_written(said: FollowUp, *, issue: str | None = None) -> Emission:
    """The response centre's message. `issue` is the full URL's UUID of an alert that has no identifier."""
    about = said.about
    uuid, alert_uuid = uuid_of(said.salt), issue or issue_uuid(about)
    text = document.follow_up(said, uuid, alert_uuid, issue_named=issue is None)
    town = about.resident.town
    return Emission(
        instant(said.said_at + 2),
        f"vft/{town.organisation_number}/{town.centre}/sentral-{said.operator:02d}/event",
        text.encode(),
        door="centre",
        case=_told(said),
        identifier=f"urn:uuid:{uuid}",
        resource_type="Bundle",
        answers=(f"urn:uuid:{alert_uuid}",),
        salt=mixed(said.salt, said.version),
    )
