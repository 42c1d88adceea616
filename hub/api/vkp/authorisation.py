"""VKP's authorisation register: which sender may call which municipality, and on which services. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hub.api.access import Caller
from hub.api.errors import fault
from hub.model.errors import AccessDenied
from hub.model.person import organisation_number_is_test, organisation_number_is_valid
from hub.settings import Settings

KNOWN_CODES = ("rt", "ta", "gps", "md", "dt", "dho")


@dataclass(frozen=True, slots=True)
class Authorisations:
    """The register, from the configuration.

    `senders` are the service codes that a municipality allows a sender, `closed` the look-ups that it doesn't offer,
    `patterns` its own service codes for each of VKP's. `also` are codes that a client may look up on besides.
    """

    municipalities: frozenset[str]
    senders: Mapping[tuple[str, str], frozenset[str]]
    closed: Mapping[str, frozenset[str]]
    patterns: Mapping[str, Mapping[str, tuple[str, ...]]]
    also: Mapping[str, frozenset[str]]

    def check_sender(self, municipality: str, caller: Caller) -> str:
        """The caller's sender id. Raises RejectedMessage (2.2) or AccessDenied (1.1, 1.2)."""
        if not (organisation_number_is_valid(municipality) or organisation_number_is_test(municipality)):
            text = "Organisasjonsnummeret i adressen er ikke gyldig. Det skal ha ni sifre med riktig kontrollsiffer."
            raise fault("2.2", text, rule="organisation-number")
        if municipality not in self.municipalities:
            raise AccessDenied("Kommunen er ikke aktiv i dette knutepunktet.", code="1.1")
        sender = caller.vkp_id or ""
        if (municipality, sender) not in self.senders:
            text = "Avsenderen er ikke registrert for kommunen. Be kommunen eller knutepunktet registrere den."
            raise AccessDenied(text, code="1.2")
        return sender

    def check_open(self, municipality: str, resource: str) -> None:
        """Raises AccessDenied (1) when the municipality has closed this look-up."""
        if resource in self.closed.get(municipality, frozenset()):
            raise AccessDenied("Kommunen har ikke åpnet for dette oppslaget.", code="1")

    def service_codes(self, header: str | None, municipality: str, caller: Caller) -> tuple[str, ...]:
        """The codes in the header `ServiceCodes`. Raises RejectedMessage (2.3) or AccessDenied (1.2)."""
        codes = tuple(dict.fromkeys(c.strip().lower() for c in (header or "").split(",") if c.strip()))
        if not codes:
            text = "Oppslag må ha hodet ServiceCodes med minst én tjenestekode, for eksempel ta,gps."
            raise fault("2.3", text, rule="service-codes-missing")
        allowed = self.senders[municipality, caller.vkp_id or ""] | self.also.get(caller.client_id, frozenset())
        for code in codes:
            if code not in KNOWN_CODES:
                known = ", ".join(KNOWN_CODES)
                raise AccessDenied(f"ServiceCodes har en ukjent tjenestekode. Kjente koder er {known}.", code="1.2")
            if code not in allowed:
                raise AccessDenied(f"Kommunen har ikke godkjent tjenestekoden {code} for avsenderen.", code="1.2")
        return codes

    def means(self, municipality: str, codes: tuple[str, ...]) -> re.Pattern[str]:
        """What the EPJ's own code of a service must look like to be one of `codes`."""
        patterns = self.patterns[municipality]
        return matching([p for code in codes for p in patterns.get(code, ())])


def matching(patterns: list[str]) -> re.Pattern[str]:
    """Matches the codes that any of `patterns` means, in which `%` stands for anything."""
    anyone = "|".join(".*".join(re.escape(part) for part in pattern.split("%")) for pattern in patterns)
    return re.compile(rf"(?:{anyone})\Z" if patterns else r"(?!)", re.IGNORECASE)


def authorisations(settings: Settings, *, also: Mapping[str, frozenset[str]]) -> Authorisations:
    """The register of `settings`."""
    numbers = frozenset(m.organisation_number for m in settings.municipality)
    return Authorisations(
        municipalities=numbers,
        senders={(s.municipality, s.id): frozenset(s.service_codes) for s in settings.sender},
        closed={m.organisation_number: frozenset(m.vkp.closed) for m in settings.municipality},
        patterns={
            m.organisation_number: settings.service_patterns(m.organisation_number) for m in settings.municipality
        },
        also=also,
    )
