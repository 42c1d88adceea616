"""The codes of VKP R4 v0.9.0 under names that a developer can guess, typed.

Their Norwegian names are in `hub.fhir.codes`. Source: the published VKP R4 code systems (HL7 Norway).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class AlertCode(StrEnum):
    """What an alert is about (code system alert-code)."""

    MEDICATION = "1"
    DOSE_NOT_DISPENSED = "1.1"
    NO_MEDICATION_TO_DISPENSE = "1.2"
    DISPENSING_NOT_CONFIRMED = "1.3"
    DISPENSER_MESSAGE_NOT_READ = "1.4"
    DISPENSER_FAULT = "1.5"
    POUCH_NOT_READ = "1.6"
    ROLL_FAULT = "1.7"
    ROLL_STUCK = "1.8"
    DRAWER_FULL = "1.9"
    MEDICATION_WAITING = "1.10"
    TOO_LITTLE_FOR_TRAVEL = "1.11"
    MEDICATION_LOW = "1.12"
    MEDICATION_EMPTY = "1.13"
    NO_SCHEDULE = "1.14"
    SCHEDULE_CHANGED = "1.15"
    ROLL_HANDLED = "1.16"
    DISPENSER_BATTERY_LOW = "1.17"
    DISPENSER_BATTERY_EMPTY = "1.18"
    DISPENSER_UNPLUGGED = "1.19"
    DISPENSER_SILENT = "1.20"
    DISPENSER_OPEN = "1.21"
    DISPENSER_FORCED = "1.22"
    DOSETTE_MISPLACED = "1.23"
    LOCATION = "2"
    SAFETY_ALARM = "3"
    DIGITAL_SUPERVISION = "4"
    FALL = "4.1"
    LEFT_BED = "4.2"
    SAT_UP_IN_BED = "4.3"
    ROSE_FROM_CHAIR = "4.4"
    ENTERED_ROOM = "4.5"
    LEFT_ROOM = "4.6"
    AWAY_TOO_LONG = "4.7"
    ACTIVITY_IN_ROOM = "4.8"
    INACTIVITY = "4.9"
    LOUD_SOUND = "4.10"
    FIRE = "4.11"
    ABSENCE = "4.12"
    BUTTON_PRESSED = "4.13"
    CORD_PULLED = "4.14"
    DOOR_OPENED = "4.15"
    DOOR_CLOSED = "4.16"
    WATER = "4.17"
    MOVEMENT = "4.18"
    NO_MOVEMENT = "4.19"
    LAY_DOWN_IN_BED = "4.20"
    LEFT_HOME = "4.21"
    CALL_FAILED = "4.22"
    INACTIVITY_IN_BATHROOM = "4.23"
    EPILEPSY = "4.24"
    CAMERA_BY_EVENT = "4.25"
    CAMERA_BY_PLAN = "4.26"
    REMOTE_MONITORING = "5"
    SUMMARY = "5.1"
    ACTION_DONE = "5.2"
    MEASUREMENTS_REPORTED = "5.2.1"
    QUESTIONNAIRE_ANSWERED = "5.2.2"
    OTHER_ACTION_DONE = "5.2.3"
    PATIENT_INACTIVE = "5.3"
    QUESTIONNAIRE_MISSING = "5.3.1"
    MEASUREMENT_MISSING = "5.3.2"
    DOOR_LOCK = "6"
    NURSE_CALL = "7"
    INCONTINENCE = "7.1"


class Severity(IntEnum):
    """How bad an alert is (code system severity-level)."""

    NOT_REPORTED = 0
    NORMAL = 10
    MODERATE = 20
    SERIOUS = 30
    CRITICAL = 40


class DispenseKind(StrEnum):
    """How medication came out of a dispenser (code system medicationdispense-events)."""

    GIVEN = "1"
    GIVEN_UNASSISTED = "1.1"
    GIVEN_ASSISTED = "1.2"
    GIVEN_AS_NEEDED = "1.3"
    FOR_TRAVEL = "2"
    FOR_TRAVEL_UNASSISTED = "2.1"
    FOR_TRAVEL_ASSISTED = "2.2"
    MESSAGE_READ = "3"


class SupervisionMode(StrEnum):
    """How somebody looked in (code system encounter-mode)."""

    CAMERA_ANONYMISED = "0"
    CAMERA = "1"
    TWO_WAY_SPEECH = "2"
    LISTENING_ANONYMISED = "3"
    LISTENING = "4"


class SupervisionReason(StrEnum):
    """Why somebody looked in (code system encounter-reason)."""

    PLANNED = "1"
    BY_EVENT = "2"


class StepCode(StrEnum):
    """A step in the handling of an alert (code system composition-event; there is no 2)."""

    REPORTED = "0"
    TAKEN_UP = "1"
    ACKNOWLEDGED = "3"
    CALLED_OUT = "4"
    CALL_OUT_ACCEPTED = "5"
    CAUSE = "6"
    ACTION = "7"
    TALK = "8"
    HANDED_OVER = "9"
    OTHER_PARTY = "10"


class SectionCode(StrEnum):
    """What a part of a note is (code system composition-section)."""

    NOTE = "1"
    FOLLOW_UP = "1.1"
    EVENT = "1.2"
    COMMENT = "1.3"
    COMPILED = "2"


class NoteCategory(StrEnum):
    """What a note is about (code system composition-category)."""

    SAFETY = "1"
    REMOTE_MONITORING = "2"
