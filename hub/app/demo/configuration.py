"""The demo's municipalities, senders and EPJs, as a configuration like anybody's."""

from __future__ import annotations

from collections.abc import Sequence

from devices_sim.town import Town
from hub.model.codes import Route, ServiceCode
from hub.settings import MunicipalitySettings, RoutingSettings, SenderSettings, Settings
from hub.settings.schema import EpjSettings

#: The three EPJs behave differently: FHIR, a plain journal API, and one that fetches its notes itself.
ADAPTERS = ("fhir_rest", "journal_rest", "pull")
#: Network time-outs are real even when the day runs fast; two seconds are enough on one machine.
EPJ_TIMEOUT_S = 2.0


def demo_settings(towns: Sequence[Town]) -> Settings:
    """Test mode, an EPJ of a different kind for each town, alerts to the response centre."""
    return Settings(
        mode="test",
        municipality=tuple(
            MunicipalitySettings(
                organisation_number=town.organisation_number,
                name=town.name,
                epj=EpjSettings(adapter=ADAPTERS[i % len(ADAPTERS)], timeout_s=EPJ_TIMEOUT_S),
            )
            for i, town in enumerate(towns)
        ),
        sender=tuple(
            SenderSettings.model_validate(
                {
                    "id": sender,
                    "municipality": town.organisation_number,
                    "service_codes": [c.value for c in codes if c is not ServiceCode.OTHER],
                }
            )
            for town in towns
            for sender, codes in town.senders.items()
        ),
        routing=RoutingSettings(alert=Route.RESPONSE_CENTRE),
    )
