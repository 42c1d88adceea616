"""The one table of how strict each kind of fault is, what is advised against it, and what it amounts to."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.finding import Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """How a fault is taken at each level, its FHIR issue type, VKP code, and advice with `{element}` in it.

    `found` and `expected` are what is told where the check that saw the fault doesn't say it better.
    """

    vkp: Severity
    jft: Severity
    issue_type: str
    advice: str
    outcome_code: str = "2.4"
    found: str = "ingenting"
    expected: str = "{element}"


KINDS: dict[str, Kind] = {
    "wrong-type": Kind("error", "error", "structure", "Skriv {element} med riktig type."),
    "list-for-one": Kind("error", "error", "structure", "Skriv {element} som én verdi, ikke som liste."),
    "one-for-list": Kind("warning", "error", "structure", "Sett verdien av {element} i en liste: [ … ]."),
    "empty": Kind(
        "warning",
        "error",
        "structure",
        "Ta bort {element}, eller gi det en verdi. Tomt er ikke lov i FHIR.",
        found="en tom verdi",
        expected="en verdi",
    ),
    "unknown-element": Kind(
        "warning",
        "error",
        "structure",
        "R4 har ikke noe element {element} her. Rett navnet.",
        found="{element}",
        expected="et av elementene i R4",
    ),
    "required": Kind("error", "error", "required", "Legg til {element}. Det er obligatorisk."),
    "too-many": Kind("error", "error", "structure", "Det er for mange {element} her.", found="flere"),
    "forbidden": Kind(
        "error", "error", "structure", "Ta bort {element}. Profilen tillater det ikke her.", found="{element}"
    ),
    "two-values": Kind(
        "error",
        "error",
        "structure",
        "Behold bare én av verdiene av {element}.",
        found="flere verdier",
        expected="én verdi",
    ),
    "code": Kind("error", "error", "code-invalid", "Bruk en av de gyldige kodene i {element}.", found="en annen kode"),
    "binding": Kind(
        "error",
        "error",
        "code-invalid",
        "Bruk en kode fra kodeverket som profilen krever i {element}.",
        found="ingen kode derfra",
    ),
    "binding-hint": Kind(
        "warning",
        "warning",
        "code-invalid",
        "Bruk helst en kode fra profilens kodeverk i {element}.",
        found="ingen kode derfra",
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
    "slice": Kind(
        "error", "error", "structure", "Profilen tillater bare bestemte utgaver av {element}.", found="en annen utgave"
    ),
    "type-of-value": Kind(
        "error", "error", "structure", "Profilen tillater ikke denne typen verdi i {element}.", found="en annen type"
    ),
    "underlying": Kind("warning", "error", "business-rule", "R4s egen profil for vitale tegn krever {element}."),
    "format": Kind(
        "error", "error", "value", "Skriv {element} i det formatet som typen krever.", found="en annen verdi"
    ),
    "time": Kind("error", "error", "value", "Rett {element}: det er ingen gyldig dato eller tid.", found="noe annet"),
    "time-absurd": Kind(
        "error",
        "error",
        "value",
        "Rett klokka hos avsender: {element} er før år 2000 eller mer enn et døgn fram i tid.",
    ),
    "time-old": Kind(
        "warning",
        "warning",
        "informational",
        "{element} er mer enn 30 dager gammel. Sjekk at den er rett.",
        expected="de siste 30 dagene",
    ),
    "time-local": Kind(
        "warning",
        "warning",
        "value",
        "Legg til forskyvning fra UTC i {element}, for eksempel +01:00. Leses som norsk tid.",
        expected="Z, +01:00 eller +02:00 bakerst",
    ),
    "time-seconds": Kind("warning", "error", "value", "Skriv {element} med sekunder.", expected="TT:MM:SS"),
    "reference-unresolved": Kind(
        "warning",
        "error",
        "not-found",
        "{element} peker på noe som ikke er med i dokumentet.",
        found="en henvisning uten mål",
        expected="noe som er med i meldingen",
    ),
    "reference-target": Kind("warning", "error", "structure", "{element} peker på feil slags ressurs."),
    "invariant": Kind(
        "error",
        "error",
        "invariant",
        "Rett {element} etter regelen.",
        found="verdier som bryter regelen",
        expected="verdier som regelen tillater",
    ),
    "narrative": Kind(
        "error",
        "error",
        "structure",
        "Skriv teksten i {element} som enkel XHTML i en <div>.",
        found="noe annet",
        expected="<div …>…</div>",
    ),
    "narrative-loose": Kind(
        "warning",
        "error",
        "structure",
        "Skriv teksten i {element} som gyldig XHTML med navnerom.",
        found="XHTML med feil i formen",
        expected="velformet XHTML med navnerom",
    ),
    "script": Kind(
        "error",
        "error",
        "security",
        "Ta bort skript, hendelser, skjema og rammer fra {element}.",
        found="kode i teksten",
        expected="tekst uten skript, hendelser, skjema og rammer",
    ),
    "person-invalid": Kind(
        "error",
        "error",
        "value",
        "Rett nummeret: kontrollsifrene eller datoen stemmer ikke.",
        "2.1",
        found="et umulig nummer",
        expected="et nummer med riktige kontrollsifre og dato",
    ),
    "person-real": Kind(
        "error",
        "error",
        "business-rule",
        "Bruk bare syntetiske personer i testmiljø.",
        "2.1",
        found="et ekte nummer",
        expected="et syntetisk nummer",
    ),
    "person-synthetic": Kind(
        "error",
        "error",
        "business-rule",
        "Syntetiske personer kan ikke brukes i produksjon.",
        "2.1",
        found="et syntetisk nummer",
        expected="et ekte nummer",
    ),
    "person-system": Kind(
        "warning", "warning", "value", "Nummeret hører til et annet nummersystem enn det som er angitt.", "2.1"
    ),
    "organisation": Kind(
        "warning",
        "warning",
        "value",
        "Rett organisasjonsnummeret: kontrollsifferet stemmer ikke.",
        "2.2",
        found="feil kontrollsiffer",
        expected="ni sifre med riktig kontrollsiffer",
    ),
    "resource": Kind(
        "error",
        "error",
        "not-supported",
        "Sett resourceType til navnet på en R4-ressurs.",
        expected="navnet på en R4-ressurs",
    ),
    "not-checked": Kind(
        "information",
        "information",
        "informational",
        "Denne ressurstypen er ikke sjekket her.",
        expected="en ressurs som knutepunktet har regler for",
    ),
    "profile-type": Kind("warning", "error", "structure", "Profilen gjelder en annen slags ressurs. Ta den bort."),
    "profile-unknown": Kind(
        "information",
        "information",
        "informational",
        "Profilen er ikke kjent her og er ikke sjekket.",
        expected="en profil som er kjent her",
    ),
    "guide": Kind("information", "information", "business-rule", "NHNs veiledning anbefaler å fylle ut {element}."),
    "no-case": Kind(
        "warning",
        "warning",
        "business-rule",
        "Gi meldingen en identifikator, så oppfølging kan knyttes til den.",
        found="ingen identifikator",
        expected="identifier med system og value",
    ),
    "untied": Kind(
        "information",
        "information",
        "business-rule",
        "Gi {element}, så en gjentakelse kan kjennes igjen.",
        found="ingen identifikator",
        expected="identifier med system og value",
    ),
    "repeated-name": Kind(
        "warning",
        "error",
        "structure",
        "Et navn står to ganger i samme objekt; bare det siste leses.",
        found="samme navn to ganger",
        expected="hvert navn én gang",
    ),
    "too-deep": Kind(
        "error", "error", "too-long", "Meldingen er nøstet for dypt.", found="flere nivåer", expected="høyst 254 nivåer"
    ),
}
