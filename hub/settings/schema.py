"""What may stand in the configuration, as frozen pydantic models. Unknown keys are faults."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from hub.model.client import Client
from hub.model.codes import EventKind, Route, ServiceCode
from hub.model.person import organisation_number_is_test, organisation_number_is_valid
from hub.settings.national import JftSettings, PmdSettings, TokenServiceSettings, VkpMunicipalitySettings, VkpSettings
from hub.settings.section import Section as Section

#: Where only this machine's own users can reach.
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
_TOPIC_SEGMENT = re.compile(r"[^\s/+#$*>]+")


def _organisation_number(text: str) -> str:
    if not (organisation_number_is_valid(text) or organisation_number_is_test(text)):
        raise ValueError("ikke et gyldig organisasjonsnummer (ni sifre med riktig kontrollsiffer)")
    return text


def _topic_segment(text: str) -> str:
    if not _TOPIC_SEGMENT.fullmatch(text):
        raise ValueError("må kunne stå i et MQTT-emne: ingen mellomrom eller tegnene / + # $ * >")
    if text == "response-centre":
        raise ValueError("response-centre er opptatt: der går varslene til responssenteret")
    return text


OrganisationNumber = Annotated[str, AfterValidator(_organisation_number)]
SenderId = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_topic_segment)]
ServiceCodeSetting = Literal["rt", "ta", "gps", "md", "dt", "dho"]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class EpjSettings(Section):
    """The EPJ of a municipality. Without `url` a simulated one of the adapter's kind is started."""

    adapter: str = "fhir_rest"
    url: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")
    timeout_s: Seconds = 10.0
    max_in_flight: int = Field(default=32, ge=1, le=512)
    secret_file: Path | None = None


class RoutingSettings(Section):
    """Where each kind of event goes. What is not set is inherited from the common table, then the default."""

    alert: Route | None = None
    dispense: Literal[Route.EPJ, Route.NONE] | None = None
    supervision: Literal[Route.EPJ, Route.NONE] | None = None
    measurement: Literal[Route.EPJ, Route.NONE] | None = None
    note: Literal[Route.EPJ, Route.NONE] | None = None
    acknowledge_within_minutes: float | None = Field(default=None, gt=0, le=10_080)

    def route(self, kind: EventKind) -> Route | None:
        """The route set here for `kind`, if any."""
        value: Route | None = getattr(self, kind.value)
        return value


class MunicipalitySettings(Section):
    """A municipality: its organisation number, its EPJ, and what it routes differently from the others."""

    organisation_number: OrganisationNumber
    name: str = Field(min_length=1, max_length=200)
    number: str | None = Field(default=None, pattern=r"^\d{4}$")
    epj: EpjSettings = EpjSettings()
    routing: RoutingSettings = RoutingSettings()
    vkp: VkpMunicipalitySettings = VkpMunicipalitySettings()


class SenderSettings(Section):
    """Who may send for a municipality, and for which services. `password_hash` is bcrypt, for MQTT sign-in."""

    id: SenderId
    municipality: OrganisationNumber
    service_codes: tuple[ServiceCodeSetting, ...] = ("rt", "ta", "gps", "md", "dt", "dho")
    name: str | None = None
    password_hash: str | None = Field(default=None, pattern=r"^\$2[aby]\$\d\d\$.{53}$")


class MqttSettings(Section):
    """The broker: the embedded one listens on `host`; TLS files make it speak TLS."""

    host: str = "127.0.0.1"
    certificate: Path | None = None
    key: Path | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> MqttSettings:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate og key må settes sammen")
        return self


class HttpSettings(Section):
    """The HTTP doors. Outside the loopback address operations need the token that `up` writes to its directory."""

    host: str = "127.0.0.1"
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")


class StoreSettings(Section):
    """The store: SQLite in the data directory, or PostgreSQL at `url` (postgresql://…)."""

    url: str | None = Field(default=None, pattern=r"^postgresql://")


class MeteringSettings(Section):
    """Figures for the demo's and the console's estimate of a bill; every one is an input, none is a fact."""

    total_kroner_per_year: int = Field(default=20_000_000, ge=0)


#: Longest matching prefix of an alert code decides; codes that nothing matches are `annet`.
DEFAULT_SERVICE_OF_ALERT: dict[str, ServiceCode] = {
    "1": ServiceCode.MEDICATION,
    "2": ServiceCode.LOCATION,
    "3": ServiceCode.SAFETY_ALARM,
    "4": ServiceCode.DIGITAL_SUPERVISION,
    "5": ServiceCode.REMOTE_MONITORING,
}


class Settings(Section):
    """The whole configuration.

    `routing` holds the common routes. An alert goes to the response centre unless something else is said;
    everything else goes to the EPJ.
    """

    mode: Literal["test", "production"]
    municipality: tuple[MunicipalitySettings, ...] = Field(min_length=1)
    sender: tuple[SenderSettings, ...] = Field(min_length=1)
    routing: RoutingSettings = RoutingSettings()
    service_of_alert: dict[str, ServiceCode] = DEFAULT_SERVICE_OF_ALERT
    mqtt: MqttSettings = MqttSettings()
    http: HttpSettings = HttpSettings()
    store: StoreSettings = StoreSettings()
    metering: MeteringSettings = MeteringSettings()
    client: tuple[Client, ...] = ()
    token_service: TokenServiceSettings = TokenServiceSettings()
    vkp: VkpSettings = VkpSettings()
    jft: JftSettings = JftSettings()
    pmd: PmdSettings = PmdSettings()

    def municipality_of(self, organisation_number: str) -> MunicipalitySettings | None:
        """The municipality with this organisation number, if it is configured."""
        return next((m for m in self.municipality if m.organisation_number == organisation_number), None)

    def service_patterns(self, organisation_number: str) -> dict[str, tuple[str, ...]]:
        """What the EPJ's own service codes look like for each of VKP's in a municipality; `%` stands for anything."""
        own = self.municipality_of(organisation_number)
        common, changed = self.vkp.service_codes, own.vkp.service_codes if own else {}
        return {**common, **changed}
