"""Tells whether a report is the one that was signed: signature, report and every file beside it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.jwk import Key

from hub.conformance.report.json_form import report_of
from hub.conformance.report.signing import TYPE, LongRegistry, digest
from hub.conformance.results import RunReport
from hub.conformance.verdicts import both
from hub.jose.keys import BadKey, public_key
from hub.jose.signed import ALGORITHMS
from hub.model.language import Text

_JWS = "report.jws"
_JSON = "report.json"


class Trust(Enum):
    """Whose key signed: the one that was trusted beforehand, another, or there was none to compare with."""

    TRUSTED = "trusted"
    STRANGER = "stranger"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verified:
    """What is known of a report. `holds` when nothing is wrong; `faults` say what is, in both languages.

    `thumbprint` (RFC 7638) is that of the key that signed, None when nobody did. `checked` are the files that are as
    they were signed, `unchecked` those that are signed but were not asked about.
    """

    thumbprint: str | None = None
    trust: Trust = Trust.UNKNOWN
    faults: tuple[Text, ...] = ()
    checked: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    report: RunReport | None = None

    @property
    def holds(self) -> bool:
        """Whether the report is, to the last byte, what the key's owner signed."""
        return self.thumbprint is not None and not self.faults


class _NotSigned(Exception):
    def __init__(self, nb: str, en: str) -> None:
        super().__init__(en)
        self.text = both(nb, en)


@dataclass(frozen=True, slots=True)
class _Content:
    thumbprint: str
    report: Mapping[str, Any]
    files: Mapping[str, str]


def verify_report(path: Path, *, trusted: Key | None) -> Verified:
    """Check the report in the folder `path`, or whose `report.json` or other form `path` is, against its signature.

    When `path` is the `.jws` itself, it is checked alone with the files that are beside it: those that are missing are
    `unchecked`. Else a missing file is a fault. With a `trusted` key, a signature by any other is a fault.
    """
    folder = path if path.is_dir() else path.parent
    signature = path if path.suffix == ".jws" and not path.is_dir() else folder / _JWS
    try:
        content = _signed(signature)
        report = _report(content)
    except _NotSigned as error:
        return Verified(faults=(error.text,))
    trust = _trust(content.thumbprint, trusted)
    checked, missing, faults = _files(folder, content)
    if trust is Trust.STRANGER:
        faults.append(both("En annen nøkkel enn den betrodde har signert.", "Another key than the trusted one signed."))
    if signature == path:
        return Verified(content.thumbprint, trust, tuple(faults), checked, missing, report)
    faults += [both(f"{name} mangler.", f"{name} is missing.") for name in missing]
    if not path.is_dir() and path.name not in content.files:
        faults.append(both(f"{path.name} er ikke signert.", f"{path.name} is not among what is signed."))
    return Verified(content.thumbprint, trust, tuple(faults), checked, (), report)


def _signed(path: Path) -> _Content:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise _NotSigned(f"{path.name} kan ikke leses.", f"{path.name} can't be read.") from error
    try:
        parts = jws.extract_compact(_one_spelling(text.rstrip()), registry=_registry())
        header = parts.headers()
        key = _key(header)
        is_good = header.get("alg") in ALGORITHMS and jws.validate_compact(parts, key, registry=_registry())
        payload = json.loads(parts.payload or b"") if is_good else None
    except _NotSigned:
        raise
    except Exception as error:  # anybody may have written the file: whatever is wrong with it, nobody signed it
        raise _NotSigned(f"{path.name} er ingen gyldig signatur.", f"{path.name} is no valid signature.") from error
    return _content(payload, key)


def _one_spelling(text: bytes) -> bytes:
    """`text`, whose parts must be base64url in the one spelling that what they mean has (RFC 4648, 3.5 and 12)."""
    for part in text.split(b"."):
        if urlsafe_b64encode(urlsafe_b64decode(part + b"=" * (-len(part) % 4))).rstrip(b"=") != part:
            raise ValueError("not the spelling that was signed")
    return text


def _registry() -> LongRegistry:
    return LongRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)


def _key(header: Mapping[str, Any]) -> Key:
    if header.get("typ") != TYPE or {"crit", "b64"} & header.keys():
        raise _NotSigned("Signaturen gjelder noe annet enn en slik rapport.", "The signature is of something else.")
    try:
        key = public_key(header.get("jwk"))
    except BadKey as error:
        raise _NotSigned("Signaturen har ingen brukbar nøkkel.", "The signature has no usable key.") from error
    if header.get("kid") != key.thumbprint():
        raise _NotSigned("Nøkkelen er ikke den som kid navngir.", "The key is not the one that kid names.")
    return key


def _content(payload: Any, key: Key) -> _Content:
    if payload is None:
        raise _NotSigned("Signaturen stemmer ikke.", "The signature does not verify.")
    match payload:
        case {"report": dict(report), "files": dict(files)}:
            return _Content(key.thumbprint(), report, files)
    raise _NotSigned("Signaturen gjelder noe annet enn en slik rapport.", "The signature is of something else.")


def _report(content: _Content) -> RunReport:
    try:
        return report_of(content.report)
    except ValueError as error:
        raise _NotSigned("Det signerte er ingen slik rapport.", "What is signed is no such report.") from error


def _trust(thumbprint: str, trusted: Key | None) -> Trust:
    if trusted is None:
        return Trust.UNKNOWN
    return Trust.TRUSTED if trusted.thumbprint() == thumbprint else Trust.STRANGER


def _files(folder: Path, content: _Content) -> tuple[tuple[str, ...], tuple[str, ...], list[Text]]:
    """Which of the signed files are as they were, which are missing, and what is wrong with the rest."""
    checked, missing, faults = [], [], []
    for name, expected in content.files.items():
        file = folder / Path(name).name
        if not file.is_file():
            missing.append(name)
        elif digest(file.read_bytes()) != expected or (name == _JSON and not _says(file, content.report)):
            faults.append(both(f"{name} er endret etter signeringen.", f"{name} was changed after it was signed."))
        else:
            checked.append(name)
    return tuple(checked), tuple(missing), faults


def _says(file: Path, report: Mapping[str, Any]) -> bool:
    try:
        return bool(json.loads(file.read_text(encoding="utf-8")) == report)
    except ValueError:
        return False
