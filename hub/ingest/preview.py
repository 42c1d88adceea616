"""The note that one message alone would become. Pure."""

from __future__ import annotations

from datetime import datetime

from hub.fhir.checking import check
from hub.fhir.parsing import WRITTEN_TYPES, parse
from hub.ingest.identify import identify
from hub.journal import compose
from hub.model.case import CaseHistory, CaseMessage
from hub.model.errors import RejectedMessage
from hub.model.event import Inbound
from hub.model.note import JournalNote
from hub.model.person import NHN_TEST_ORGANISATION
from hub.routing import RoutingTable

_SENDER = "Avsender"


def preview_text(raw: bytes, routing: RoutingTable, now: datetime) -> str:
    """The note's text where nothing is known of who sends `raw`, or why it becomes none."""
    try:
        return preview(Inbound("mqtt", NHN_TEST_ORGANISATION, _SENDER, None, raw, now), routing).text
    except RejectedMessage as rejected:
        return "Blir ikke noe journalnotat: " + "; ".join(f.advice for f in rejected.findings)


def preview(inbound: Inbound, routing: RoutingTable) -> JournalNote:
    """The note, composed as the hub would with nothing else known of the case.

    Raises RejectedMessage where the message becomes none.
    """
    resource = parse(inbound.payload, allowed=WRITTEN_TYPES)
    event = identify(resource, inbound)
    message = CaseMessage(
        number=1,
        sender=inbound.sender,
        resource_type=event.resource_type,
        raw=inbound.payload,
        registered_at=inbound.received_at,
        said_at=event.said_at,
        occurred_at=event.occurred_at,
        identifier_system=event.identifier_system,
        identifier_value=event.identifier_value,
        remarks=check(resource, level="vkp", now=inbound.received_at, mode="test"),
    )
    case = CaseHistory(
        key="forhåndsvisning",
        municipality=inbound.municipality,
        patient=event.patient,
        kind=event.kind,
        service_code=routing.service(event.kind, event.alert_code),
        occurred_at=event.occurred_at,
        opened_at=inbound.received_at,
        messages=(message,),
    )
    return compose(case)
