"""Who may send what for whom, told by the configuration. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.codes import EventKind, ServiceCode
from hub.model.errors import RejectedMessage
from hub.model.event import Inbound
from hub.model.finding import Finding
from hub.settings import Settings


@dataclass(frozen=True, slots=True)
class Admission:
    """The authorisation register: senders by municipality, with the services they may send for."""

    municipalities: frozenset[str]
    senders: dict[tuple[str, str], frozenset[str]]

    def check_sender(self, inbound: Inbound) -> None:
        """Raises RejectedMessage when the municipality is unknown or the sender may not send for it."""
        if inbound.municipality not in self.municipalities:
            raise RejectedMessage([_UNKNOWN_MUNICIPALITY])
        if (inbound.municipality, inbound.sender) not in self.senders:
            raise RejectedMessage([_SENDER_NOT_ALLOWED])

    def check_service(self, inbound: Inbound, kind: EventKind, service: ServiceCode) -> Finding | None:
        """Raises RejectedMessage when the sender may not send for `service`; a remark when nothing maps the code.

        A note alone has the service of the case that it joins, so it is always let in. A sender of the response
        service (rt) follows up alarms of every service.
        """
        if kind is EventKind.NOTE:
            return None
        if service is ServiceCode.OTHER:
            return _NO_SERVICE
        allowed = self.senders[inbound.municipality, inbound.sender]
        if service.value not in allowed and ServiceCode.RESPONSE.value not in allowed:
            raise RejectedMessage([_service_not_allowed(service)])
        return None


def admission(settings: Settings) -> Admission:
    """The register of `settings`."""
    return Admission(
        frozenset(m.organisation_number for m in settings.municipality),
        {(s.municipality, s.id): frozenset(s.service_codes) for s in settings.sender},
    )


_UNKNOWN_MUNICIPALITY = Finding(
    severity="error",
    path="$this",
    rule="municipality-unknown",
    advice="Kommunen i adressen er ikke satt opp i dette knutepunktet. Kontroller organisasjonsnummeret.",
    issue_type="not-found",
    outcome_code="2.2",
)
_SENDER_NOT_ALLOWED = Finding(
    severity="error",
    path="$this",
    rule="sender-not-allowed",
    advice="Avsenderen er ikke registrert for kommunen. Be kommunen eller knutepunktet registrere den.",
    issue_type="forbidden",
    outcome_code="1.2",
)
_NO_SERVICE = Finding(
    severity="information",
    path="DetectedIssue.code",
    rule="service-unmapped",
    advice="Varselkoden hører ikke til noen tjeneste i tabellen. Hendelsen er tatt inn og måles som «annet».",
    issue_type="informational",
    outcome_code="3",
)


def _service_not_allowed(service: ServiceCode) -> Finding:
    return Finding(
        severity="error",
        path="$this",
        rule="service-not-allowed",
        advice="Avsenderen er ikke godkjent for denne tjenesten i kommunen. Be kommunen godkjenne tjenestekoden.",
        found=service.value,
        issue_type="forbidden",
        outcome_code="1.2",
    )
