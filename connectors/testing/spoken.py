"""Events as JSON and back, loss-free: how a conformance kit says to a system what has happened.

An event is an object with its `word` (a class of `connectors.words`) and that class's fields. What there is nothing to
say of is left out, and nothing else: whoever listens needs to know no defaults. Times are ISO 8601 with an offset,
which is kept; codes are VKP's; decimals are strings, so that they keep their digits; a kind of measurement is said by
its name. `alert` and `event` hold an event in turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from connectors.composing.lane import lane_of
from connectors.forwarded import ForwardedAlert
from connectors.measurements import Measurement, MeasurementKind
from connectors.words import (
    Acknowledged,
    AlertRaised,
    CalledOut,
    CallOutAccepted,
    Closed,
    Corrected,
    DispenseGiven,
    DispenseMissed,
    Event,
    Handled,
    MeasurementTaken,
    Retracted,
    SafetyAlarmRaised,
    Section,
    Step,
    SupervisionDone,
    TakenUp,
    Talked,
)
from hub.fhir import verbatim
from hub.model.person import PatientRef

Json = dict[str, Any]

#: Everything that can be told, by its word.
WORDS: Mapping[str, type[Any]] = {
    word.__name__: word
    for word in (
        AlertRaised,
        SafetyAlarmRaised,
        DispenseMissed,
        TakenUp,
        Acknowledged,
        Talked,
        CalledOut,
        CallOutAccepted,
        Closed,
        Handled,
        DispenseGiven,
        SupervisionDone,
        MeasurementTaken,
        Corrected,
        Retracted,
    )
}
_NAMED: Mapping[str, type[Any]] = {**WORDS, ForwardedAlert.__name__: ForwardedAlert}
_HINTS = {
    kind: get_type_hints(kind)
    for kind in (*_NAMED.values(), Step, Section, PatientRef, Measurement)
    if is_dataclass(kind)
}


class NoEvent(ValueError):
    """What was said is no event. The text names fields of ours, and never repeats what was said."""


def spoken(event: Event | ForwardedAlert) -> Json:
    """`event` as an object for JSON. A forwarded resource is as it came; `events_body` keeps it so."""
    said: Json = _said(event)
    return said


def events_body(events: Sequence[Event]) -> bytes:
    """The body of `POST /sessions/{id}/events`, every number as it was written."""
    return verbatim.dumps({"events": [spoken(event) for event in events]})


def event_of(said: Any) -> Event:
    """The event that `said` says. Raises ValueError (`NoEvent`)."""
    event: Event = _named(said, tuple(WORDS.values()), "event")
    return event


def _said(value: Any) -> Any:
    match value:
        case Measurement():
            return {"kind": value.kind.name, "values": [str(number) for number in value.values]}
        case Enum():
            return value.value
        case datetime():
            return value.isoformat()
        case tuple():
            return [_said(each) for each in value]
        case _ if type(value) in _HINTS:
            word = {"word": type(value).__name__} if type(value) in _NAMED.values() else {}
            said = ((field, _said(getattr(value, field.name))) for field in fields(value))
            return word | {field.name: each for field, each in said if each is not None or field.default is MISSING}
        case _:
            return value


def _named(said: Any, allowed: tuple[type[Any], ...], where: str) -> Any:
    word = said.get("word") if isinstance(said, dict) else None
    kind = _NAMED.get(word) if isinstance(word, str) else None
    if kind is None or not issubclass(kind, allowed):
        raise NoEvent(f"{where}: an object with a word that may stand here")
    return _built(kind, {name: value for name, value in said.items() if name != "word"}, where)


def _built(kind: type[Any], said: Any, where: str) -> Any:
    if not isinstance(said, dict):
        raise NoEvent(f"{where}: not an object")
    known = {field.name: field for field in fields(kind)}
    if not said.keys() <= known.keys():
        raise NoEvent(f"{where}: {kind.__name__} has no such field")
    missing = [name for name, field in known.items() if field.default is MISSING and name not in said]
    if missing:
        raise NoEvent(f"{where}: {kind.__name__} lacks {', '.join(missing)}")
    if kind is Measurement:
        return _measurement(said, where)
    built = kind(**{name: _read(_HINTS[kind][name], value, f"{where}.{name}") for name, value in said.items()})
    return _referable(built, where) if kind is ForwardedAlert else built


def _read(hint: Any, said: Any, where: str) -> Any:
    """`said` as the type `hint` of one of our fields."""
    if isinstance(hint, UnionType):
        return _one_of(get_args(hint), said, where)
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint), said, where)
    if get_origin(hint) is not None:
        return _resource(said, where)
    if hint in _NAMED.values():
        return _named(said, (hint,), where)
    if hint in _HINTS:
        return _built(hint, said, where)
    if hint is datetime:
        return _time(said, where)
    if issubclass(hint, Enum):
        return _code(hint, said, where)
    if not isinstance(said, hint) or (hint is str and not _is_text(said)):
        raise NoEvent(f"{where}: not of the right type")
    return said


def _is_text(said: str) -> bool:
    """Whether it can be written as UTF-8: half a surrogate pair can be said in JSON, and is no text."""
    return not any("\ud800" <= letter <= "\udfff" for letter in said)


def _one_of(kinds: tuple[Any, ...], said: Any, where: str) -> Any:
    if said is None and NoneType in kinds:
        return None
    kinds = tuple(kind for kind in kinds if kind is not NoneType)
    if len(kinds) > 1:
        return _named(said, kinds, where)
    return _read(kinds[0], said, where)


def _tuple(kinds: tuple[Any, ...], said: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(said, list) or (kinds[-1] is not ... and len(said) != len(kinds)):
        raise NoEvent(f"{where}: not a list as long as it must be")
    each = [kinds[0]] * len(said) if kinds[-1] is ... else kinds
    return tuple(_read(kind, one, f"{where}[{n}]") for n, (kind, one) in enumerate(zip(each, said, strict=True)))


def _time(said: Any, where: str) -> datetime:
    try:
        time = datetime.fromisoformat(said)
    except (TypeError, ValueError):
        raise NoEvent(f"{where}: not a time of ISO 8601") from None
    if time.utcoffset() is None:
        raise NoEvent(f"{where}: a time without an offset")
    return time


def _code(kind: type[Enum], said: Any, where: str) -> Enum:
    try:
        if isinstance(said, bool):
            raise NoEvent  # True is not severity 1
        return kind(said)
    except (TypeError, ValueError):
        raise NoEvent(f"{where}: not a code of {kind.__name__}") from None


def _measurement(said: Json, where: str) -> Measurement:
    kind = said["kind"]
    if not isinstance(kind, str) or kind not in MeasurementKind.__members__:
        raise NoEvent(f"{where}.kind: not a kind of measurement")
    values = _tuple((str, ...), said["values"], f"{where}.values")
    try:
        numbers = tuple(Decimal(value) for value in values)
    except InvalidOperation:
        raise NoEvent(f"{where}.values: not a number") from None
    if not all(number.is_finite() for number in numbers):
        raise NoEvent(f"{where}.values: not a finite number")
    return Measurement(MeasurementKind[kind], numbers)


def _resource(said: Any, where: str) -> Json:
    if not isinstance(said, dict) or not isinstance(said.get("resourceType"), str):
        raise NoEvent(f"{where}: not a FHIR resource")
    return said


def _referable(alert: ForwardedAlert, where: str) -> ForwardedAlert:
    """The alert, if it has what those who refer to it read of it."""
    try:
        named = bool(alert.name and lane_of(alert.subject))
    except (AttributeError, KeyError, TypeError, IndexError):
        named = False
    if not named:
        raise NoEvent(f"{where}: an alert without a patient, or with identifiers that are none")
    return alert
