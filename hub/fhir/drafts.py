"""What a check saw, before it is known where in the message it stands and how strictly the level takes it.

A `Draft` travels up from the element where it was seen; everyone on the way puts his own step before its path.
`KINDS` is the one table of how strict each kind of fault is, and what is advised against it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from hub.model.finding import Finding, Severity
from hub.model.person import without_identity_numbers

Level = Literal["vkp", "jft"]
Mode = Literal["test", "production"]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a fault is taken at each level, its FHIR issue type, VKP code, and advice with `{element}` in it."""

    vkp: Severity
    jft: Severity
    issue_type: str
    advice: str
    outcome_code: str = "2.4"


KINDS: dict[str, Kind] = {
    "wrong-type": Kind("error", "error", "structure", "Skriv {element} med riktig type."),
    "list-for-one": Kind("error", "error", "structure", "Skriv {element} som én verdi, ikke som liste."),
    "one-for-list": Kind("warning", "error", "structure", "Sett verdien av {element} i en liste: [ … ]."),
    "empty": Kind(
        "warning", "error", "structure", "Ta bort {element}, eller gi det en verdi. Tomt er ikke lov i FHIR."
    ),
    "unknown-element": Kind("warning", "error", "structure", "R4 har ikke noe element {element} her. Rett navnet."),
    "required": Kind("error", "error", "required", "Legg til {element}. Det er obligatorisk."),
    "too-many": Kind("error", "error", "structure", "Det er for mange {element} her."),
    "forbidden": Kind("error", "error", "structure", "Ta bort {element}. Profilen tillater det ikke her."),
    "two-values": Kind("error", "error", "structure", "Behold bare én av verdiene av {element}."),
    "code": Kind("error", "error", "code-invalid", "Bruk en av de gyldige kodene i {element}."),
    "binding": Kind("error", "error", "code-invalid", "Bruk en kode fra kodeverket som profilen krever i {element}."),
    "binding-hint": Kind(
        "warning", "warning", "code-invalid", "Bruk helst en kode fra profilens kodeverk i {element}."
    ),
    "wrong-system": Kind("warning", "warning", "code-invalid", "Koden i {element} hører til et annet kodeverk."),
    "set-address": Kind("warning", "error", "code-invalid", "Bruk kodeverkets adresse i {element}, ikke verdisettets."),
    "published-address": Kind(
        "warning", "warning", "code-invalid", "Profilen er publisert med verdisettets adresse i {element}. Bruk den."
    ),
    "unknown-code": Kind(
        "warning", "warning", "code-invalid", "Kodeverket har ingen slik kode. Rett koden i {element}."
    ),
    "contradiction": Kind(
        "warning", "warning", "business-rule", "Koden i {element} sier noe annet enn teksten. Rett den som er feil."
    ),
    "fixed": Kind("error", "error", "value", "Profilen krever én bestemt verdi i {element}."),
    "slice": Kind("error", "error", "structure", "Profilen tillater bare bestemte utgaver av {element}."),
    "type-of-value": Kind("error", "error", "structure", "Profilen tillater ikke denne typen verdi i {element}."),
    "underlying": Kind("warning", "error", "business-rule", "R4s egen profil for vitale tegn krever {element}."),
    "format": Kind("error", "error", "value", "Skriv {element} i det formatet som typen krever."),
    "time": Kind("error", "error", "value", "Rett {element}: det er ingen gyldig dato eller tid."),
    "time-absurd": Kind(
        "error",
        "error",
        "value",
        "Rett klokka hos avsender: {element} er før år 2000 eller mer enn et døgn fram i tid.",
    ),
    "time-old": Kind(
        "warning", "warning", "informational", "{element} er mer enn 30 dager gammel. Sjekk at den er rett."
    ),
    "time-local": Kind(
        "warning",
        "warning",
        "value",
        "Legg til forskyvning fra UTC i {element}, for eksempel +01:00. Leses som norsk tid.",
    ),
    "time-seconds": Kind("warning", "error", "value", "Skriv {element} med sekunder."),
    "reference-unresolved": Kind(
        "warning", "error", "not-found", "{element} peker på noe som ikke er med i dokumentet."
    ),
    "reference-target": Kind("warning", "error", "structure", "{element} peker på feil slags ressurs."),
    "invariant": Kind("error", "error", "invariant", "Rett {element} etter regelen."),
    "narrative": Kind("error", "error", "structure", "Skriv teksten i {element} som enkel XHTML i en <div>."),
    "narrative-loose": Kind(
        "warning", "error", "structure", "Skriv teksten i {element} som gyldig XHTML med navnerom."
    ),
    "script": Kind("error", "error", "security", "Ta bort skript, hendelser, skjema og rammer fra {element}."),
    "person-invalid": Kind(
        "error", "error", "value", "Rett nummeret: kontrollsifrene eller datoen stemmer ikke.", "2.1"
    ),
    "person-real": Kind("error", "error", "business-rule", "Bruk bare syntetiske personer i testmiljø.", "2.1"),
    "person-synthetic": Kind(
        "error", "error", "business-rule", "Syntetiske personer kan ikke brukes i produksjon.", "2.1"
    ),
    "person-system": Kind(
        "warning", "warning", "value", "Nummeret hører til et annet nummersystem enn det som er angitt.", "2.1"
    ),
    "organisation": Kind(
        "warning", "warning", "value", "Rett organisasjonsnummeret: kontrollsifferet stemmer ikke.", "2.2"
    ),
    "resource": Kind("error", "error", "not-supported", "Sett resourceType til navnet på en R4-ressurs."),
    "not-checked": Kind("information", "information", "informational", "Denne ressurstypen er ikke sjekket her."),
    "profile-type": Kind("warning", "error", "structure", "Profilen gjelder en annen slags ressurs. Ta den bort."),
    "profile-unknown": Kind(
        "information", "information", "informational", "Profilen er ikke kjent her og er ikke sjekket."
    ),
    "guide": Kind("information", "information", "business-rule", "NHNs veiledning anbefaler å fylle ut {element}."),
    "no-case": Kind(
        "warning", "warning", "business-rule", "Gi meldingen en identifikator, så oppfølging kan knyttes til den."
    ),
    "untied": Kind("information", "information", "business-rule", "Gi {element}, så en gjentakelse kan kjennes igjen."),
    "repeated-name": Kind(
        "warning", "error", "structure", "Et navn står to ganger i samme objekt; bare det siste leses."
    ),
    "too-deep": Kind("error", "error", "too-long", "Meldingen er nøstet for dypt."),
}


class Draft:
    """One remark on its way up: kind (of KINDS), rule id, path so far, what was found and expected, own advice.

    `element` is the name in JSON of the innermost element, for the advice.
    """

    __slots__ = ("advice", "element", "expected", "found", "kind", "path", "rule")

    def __init__(
        self,
        kind: str,
        rule: str,
        *,
        path: str = "",
        found: str | None = None,
        expected: str | None = None,
        advice: str | None = None,
    ) -> None:
        self.kind, self.rule, self.path = kind, rule, path
        self.found, self.expected, self.advice = found, expected, advice
        self.element = path.rpartition(".")[2]

    def finding(self, root: str, level: Level) -> Finding:
        """The draft as a finding at `level`, in the resource named `root`."""
        kind = KINDS[self.kind]
        path = root + self.path
        advice = self.advice or kind.advice.format(element=self.element or root)
        return Finding(
            kind.vkp if level == "vkp" else kind.jft,
            path,
            self.rule,
            advice,
            found=self.found,
            expected=self.expected,
            issue_type=kind.issue_type,
            outcome_code=kind.outcome_code,
        )


Drafts = list[Draft] | None


class Context:
    """What a walk through one message needs to know: the time, the mode, and what can be referred to.

    `full_urls` maps the addresses of a Bundle's entries to their types, None outside a document; `local` holds the
    ids of contained resources. `old` is set once an old time has been remarked on.
    """

    __slots__ = ("earliest", "full_urls", "latest", "local", "mode", "old", "old_before")

    def __init__(self, now: datetime, mode: Mode) -> None:
        self.mode = mode
        self.latest = now + timedelta(days=1)
        self.earliest = datetime(2000, 1, 1, tzinfo=now.tzinfo)
        self.old_before = now - timedelta(days=30)
        self.old = False
        self.full_urls: dict[str, str] | None = None
        self.local: frozenset[str] = frozenset()


Check = Callable[[Any, Context], Drafts]

_CODE_LIKE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#|\-\[\]{}%]{0,60}")


def shown(value: object) -> str:
    """`value` short enough to show, and only where it looks like a code or an address: never free text."""
    if isinstance(value, str):
        if _CODE_LIKE.fullmatch(value) and without_identity_numbers(value) == value:
            return value
        return f"tekst på {len(value)} tegn"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _TYPE_NAMES.get(type(value), "tall")


def mistyped(value: object, expected: str) -> Draft:
    """The remark on a value of the wrong type; null counts as nothing at all."""
    if value is None:
        return Draft("empty", "r4-empty")
    return Draft("wrong-type", "r4-wrong-type", found=shown(value), expected=expected)


_TYPE_NAMES: dict[type, str] = {dict: "objekt", list: "liste", type(None): "null"}
