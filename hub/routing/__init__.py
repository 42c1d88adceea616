"""Where an event goes: told by its kind, its municipality and the configuration. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from hub.model.codes import EventKind, Route, ServiceCode
from hub.settings import Settings

_DEFAULTS = dict.fromkeys(EventKind, Route.EPJ) | {EventKind.ALERT: Route.RESPONSE_CENTRE}
_DEFAULT_ACKNOWLEDGE_MINUTES = 30.0
_SERVICE_OF_KIND = {
    EventKind.DISPENSE: ServiceCode.MEDICATION,
    EventKind.SUPERVISION: ServiceCode.DIGITAL_SUPERVISION,
    EventKind.MEASUREMENT: ServiceCode.REMOTE_MONITORING,
    EventKind.NOTE: ServiceCode.RESPONSE,
}


@dataclass(frozen=True, slots=True)
class RoutingTable:
    """The routes of the configuration, ready to look up."""

    routes: dict[tuple[str, EventKind], Route]
    acknowledge_within: dict[str, timedelta]
    service_of_alert: dict[str, ServiceCode]

    def route(self, municipality: str, kind: EventKind) -> Route:
        """Where `kind` goes in `municipality`."""
        return self.routes[municipality, kind]

    def service(self, kind: EventKind, alert_code: str | None) -> ServiceCode:
        """The service that an event belongs to; `annet` where the table has none for the alert code."""
        if kind is not EventKind.ALERT:
            return _SERVICE_OF_KIND[kind]
        code = alert_code or ""
        while code:
            if service := self.service_of_alert.get(code):
                return service
            code = code.rpartition(".")[0]
        return ServiceCode.OTHER


def routing_table(settings: Settings) -> RoutingTable:
    """The table for `settings`: a municipality's own route, else the common one, else the default."""
    routes = {}
    limits = {}
    for m in settings.municipality:
        for kind in EventKind:
            own = m.routing.route(kind) or settings.routing.route(kind)
            routes[m.organisation_number, kind] = own or _DEFAULTS[kind]
        minutes = m.routing.acknowledge_within_minutes or settings.routing.acknowledge_within_minutes
        limits[m.organisation_number] = timedelta(minutes=minutes or _DEFAULT_ACKNOWLEDGE_MINUTES)
    return RoutingTable(routes, limits, dict(settings.service_of_alert))
