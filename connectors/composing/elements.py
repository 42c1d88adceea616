"""The small pieces of FHIR: codes, references, identifiers, times, texts."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any

from connectors.composing.sender import Sender
from hub.fhir import codes, verbatim
from hub.model.clock import OSLO
from hub.model.person import PatientRef

Json = dict[str, Any]

URI_SYSTEM = "urn:ietf:rfc:3986"
#: What neither FHIR nor XML can hold; half surrogate pairs can't even be written.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REPLACEMENT = "\ufffd"
_PROFILES = "http://ehelse.no/fhir/StructureDefinition/vkp-{}-v090"


def fhir_time(at: datetime) -> str:
    """`at` in Norwegian local time with its offset. Raises ValueError on a time without zone."""
    if at.tzinfo is None:
        raise ValueError("a time must have a zone")
    return at.astimezone(OSLO).isoformat(timespec="milliseconds" if at.microsecond else "seconds")


def period(start: datetime, end: datetime | None) -> Json:
    """A Period. Raises ValueError when it ends before it begins."""
    if end is None:
        return {"start": fhir_time(start)}
    if end < start:
        raise ValueError("what ends before it begins is no period")
    return {"start": fhir_time(start), "end": fhir_time(end)}


def profile(name: str) -> str:
    """The address of the VKP profile `name`."""
    return _PROFILES.format(name)


def meta(profile_address: str, said_at: datetime) -> Json:
    """What a resource that stands alone says of itself: its profile and when it was said."""
    return {"profile": [profile_address], "lastUpdated": fhir_time(said_at)}


def coded(system: str, code: str, *, text: str | None = None) -> Json:
    """A CodeableConcept of one code with its Norwegian name, and the sender's own words if there are any."""
    name = codes.name_of(system, code)
    coding = {"system": system, "code": code} | ({"display": name} if name else {})
    return {"coding": [coding]} | ({"text": text} if says_something(text) else {})


def urn(uuid: str) -> Json:
    """An identifier of the kind that VKP's profiles fix: a UUID as a URN."""
    return {"system": URI_SYSTEM, "value": f"urn:uuid:{uuid}"}


def subject(patient: PatientRef) -> Json:
    """A reference to a patient by identifier."""
    return {"type": "Patient", "identifier": {"system": patient.system, "value": patient.value}}


def device_reference(sender: Sender, device: str, name: str | None) -> Json:
    """A reference to equipment by the sender's number for it."""
    reference = {"type": "Device", "identifier": {"system": sender.system("device"), "value": device}}
    return reference | ({"display": name} if says_something(name) else {})


def operator(sender: Sender, user: str) -> Json:
    """A reference to a user of the sender's system."""
    return {
        "type": "Practitioner",
        "identifier": {"system": sender.system("operator"), "value": user},
        "display": user,
    }


def narrative(text: str) -> Json:
    """A person's words as a FHIR narrative, line breaks kept."""
    lines = "<br/>".join(escape(line, quote=False) for line in text.strip().splitlines())
    return {"status": "additional", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{lines}</div>'}


def says_something(text: str | None) -> bool:
    """Whether a person finds anything to read in `text`. FHIR has no blank texts: they are left out."""
    return bool(text and not text.isspace())


def writable(value: Any) -> Any:
    """`value` with a sign (U+FFFD) for each character that no message can hold: control characters, mostly.

    They come with text that was pasted; what happened must be told all the same.
    """
    if isinstance(value, str):
        return _UNWRITABLE.sub(_REPLACEMENT, value)
    if type(value) is dict:
        return {name: writable(inner) for name, inner in value.items()}
    return [writable(inner) for inner in value] if type(value) is list else value


def number(value: Decimal) -> Any:
    """A decimal as JSON that keeps its digits."""
    return verbatim.loads(format(value, "f"))
