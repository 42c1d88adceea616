"""The journal note that one message alone would become: what the linter shows with `--preview`."""

from __future__ import annotations

from datetime import datetime

from hub.fhir.checking import check
from hub.fhir.parsing import parse
from hub.ingest.identify import identify
from hub.journal import compose
from hub.model.case import CaseHistory, CaseMessage
from hub.model.errors import RejectedMessage
from hub.model.event import Inbound
from hub.routing import routing_table
from hub.settings import EXAMPLE
from hub.settings import parse as read_settings

_MUNICIPALITY = "314159265"
_SENDER = "Avsender"


def preview(raw: bytes, now: datetime) -> str:
    """The note's text, composed as the hub would with nothing else known of the case, received at `now`."""
    inbound = Inbound("mqtt", _MUNICIPALITY, _SENDER, None, raw, now)
    try:
        resource = parse(raw)
        event = identify(resource, inbound)
    except RejectedMessage as rejected:
        return "Blir ikke noe journalnotat: " + "; ".join(f.advice for f in rejected.findings)
    routing = routing_table(read_settings(EXAMPLE, adapters=("fhir_rest", "journal_rest", "pull")))
    message = CaseMessage(
        number=1,
        sender=_SENDER,
        resource_type=event.resource_type,
        raw=raw,
        registered_at=now,
        said_at=event.said_at,
        occurred_at=event.occurred_at,
        identifier_system=event.identifier_system,
        identifier_value=event.identifier_value,
        remarks=check(resource, level="vkp", now=now, mode="test"),
    )
    case = CaseHistory(
        key="forhåndsvisning",
        municipality=_MUNICIPALITY,
        patient=event.patient,
        kind=event.kind,
        service_code=routing.service(event.kind, event.alert_code),
        occurred_at=event.occurred_at,
        opened_at=now,
        messages=(message,),
    )
    return compose(case).text
