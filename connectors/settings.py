"""A connector's settings: one TOML file that says who it is, how it reaches the hub, and where its source is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from connectors.connector import Connector
from connectors.helseid import HelseId, HelseIdClient, Organisation
from connectors.helseid.client import read_key
from connectors.http.line import HttpLine
from connectors.mqtt import MqttConnection, Tls
from connectors.mqtt.paho_words import Session
from connectors.timing import SystemTimer, Timer
from connectors.transport import Transport
from connectors.transport.http import JftTransport, VkpTransport
from connectors.transport.mqtt import MqttTransport
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.toml_text import TomlText, text_of

C = TypeVar("C", bound=Connector)
T = TypeVar("T")


def _in_folder(path: Path, info: ValidationInfo) -> Path:
    """A path of the settings counts from the folder that the settings are in."""
    return Path((info.context or {}).get("folder", "")) / path


LocalPath = Annotated[Path, AfterValidator(_in_folder)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TlsSettings(_Section):
    """Trusted issuer, client certificate and its key, as PEM files."""

    ca: LocalPath | None = None
    certificate: LocalPath | None = None
    key: LocalPath | None = None

    def tls(self) -> Tls:
        """The same, as the transports take it."""
        return Tls(self.ca, self.certificate, self.key)


class MqttSettings(_Section):
    """How MQTT is spoken. The password is read from a file, so that the settings hold no secret."""

    version: Literal["3.1.1", "5"] = "3.1.1"
    client_id: str | None = None
    username: str | None = None
    password_file: LocalPath | None = None

    def password(self) -> str | None:
        """What the password file holds, without space around it. Raises OSError, or ValueError on no UTF-8."""
        return self.password_file.read_text(encoding="utf-8").strip() if self.password_file else None


class HelseIdSettings(_Section):
    """The HelseID client. `organisation` (and `unit`) are for multi-tenant clients only."""

    issuer: str = Field(pattern=r"^https?://")
    client_id: str
    key_file: LocalPath
    scopes: tuple[str, ...] = Field(min_length=1)
    organisation: str | None = None
    unit: str | None = None

    def client(self) -> HelseIdClient:
        """The client, with its key read. Raises ConfigurationError when the file holds none."""
        named = Organisation(self.organisation, self.unit) if self.organisation else None
        key = _usable("helseid.key_file", lambda: read_key(self.key_file))
        return HelseIdClient(self.issuer, self.client_id, key, self.scopes, named)


class ApiSettings(_Section):
    """The national APIs' base addresses, for those who ask them (`connectors.reading`).

    VKP's gets `/epj/r4/{municipality}/…` added, JFT's and PIT's `/v1/…`; PMD's takes Bundles itself.
    """

    vkp: str | None = Field(default=None, pattern=r"^https?://")
    jft: str | None = Field(default=None, pattern=r"^https?://")
    pit: str | None = Field(default=None, pattern=r"^https?://")
    pmd: str | None = Field(default=None, pattern=r"^https?://")
    pmd_bundle_type: Literal["collection", "batch"] = "collection"
    jft_reads_by: Literal["GET", "POST"] = "GET"


class Source(dict[str, Any]):
    """The `[source]` table. What a connector asks of it and isn't there is a fault in the settings."""

    def __missing__(self, key: str) -> Any:
        raise ConfigurationError([ConfigurationFault(0, f"source.{key}", "mangler")])


class ConnectorSettings(_Section):
    """All settings. `hub` is mqtt[s]://… for `transport = "mqtt"`, else the API's http(s) address."""

    municipality: str = Field(pattern=r"^\d{9}$")
    sender: str = Field(pattern=r"^[^\s/+#$*>]+$")
    transport: Literal["mqtt", "vkp", "jft"] = "mqtt"
    hub: str
    spool: LocalPath = Field(default=Path("spool.db"), validate_default=True)
    series: str = ""
    service_codes: tuple[str, ...] = ()
    timeout_s: float = Field(default=30.0, gt=0)
    mqtt: MqttSettings = MqttSettings()
    tls: TlsSettings | None = None
    helseid: HelseIdSettings | None = None
    apis: ApiSettings = ApiSettings()
    source: dict[str, Any] = {}

    @model_validator(mode="after")
    def _address_fits(self) -> ConnectorSettings:
        schemes = ("mqtt://", "mqtts://") if self.transport == "mqtt" else ("http://", "https://")
        if not self.hub.startswith(schemes):
            raise ValueError(f"hub må begynne med {' eller '.join(schemes)} når transport er {self.transport}")
        return self


def read_settings(path: Path) -> ConnectorSettings:
    """The settings in a TOML file, paths relative to the file. Raises ConfigurationError with every fault."""
    written = TomlText.parse(text_of(path, named=path.name), named=path.name)
    try:
        return ConnectorSettings.model_validate(written.table, context={"folder": path.parent})
    except ValidationError as e:
        raise ConfigurationError([written.refusal(dict(error)) for error in e.errors()]) from e


def connector_of(kind: type[C], settings: ConnectorSettings, *, timer: Timer | None = None) -> C:
    """A connector of class `kind` as the settings say, ready for `async with`.

    A class with a `way` of its own (`VendorConnector.way`) is asked for the transport.
    """
    timer = timer or SystemTimer()
    way: Callable[[ConnectorSettings, Timer], Transport] = getattr(kind, "way", transport_of)
    return kind(
        way(settings, timer),
        municipality=settings.municipality,
        sender=settings.sender,
        spool=settings.spool,
        series=settings.series,
        timer=timer,
    )


def transport_of(settings: ConnectorSettings, timer: Timer) -> Transport:
    """The way to the hub that the settings name."""
    if settings.transport == "mqtt":
        return _by_mqtt(settings)
    tls = _usable("tls", settings.tls.tls().context) if settings.tls else None
    line = HttpLine(timeout_s=settings.timeout_s, tls=tls)
    sign_in = HelseId(settings.helseid.client(), clock=timer) if settings.helseid else None
    if settings.transport == "jft":
        return JftTransport(settings.hub, clock=timer, sign_in=sign_in, line=line, source_system=settings.sender)
    return VkpTransport(
        settings.hub,
        municipality=settings.municipality,
        clock=timer,
        sign_in=sign_in,
        line=line,
        service_codes=settings.service_codes,
    )


def mqtt_connection_of(
    settings: ConnectorSettings,
    *,
    client_id: str | None = None,
    session: Session = "clean",
    connect_within_s: float | None = None,
) -> MqttConnection:
    """The connection to the broker that the settings name; without `client_id` the settings' own."""
    mqtt, tls = settings.mqtt, settings.tls.tls() if settings.tls else None
    if tls is not None:
        _usable("tls", tls.context)
    password = _usable("mqtt.password_file", mqtt.password)
    return _usable(
        "hub",
        lambda: MqttConnection(
            settings.hub,
            client_id=client_id or mqtt.client_id or settings.sender,
            version=mqtt.version,
            session=session,
            username=mqtt.username,
            password=password,
            tls=tls,
            connect_within_s=connect_within_s,
        ),
    )


def _by_mqtt(settings: ConnectorSettings) -> MqttTransport:
    return MqttTransport(
        mqtt_connection_of(settings),
        municipality=settings.municipality,
        sender=settings.sender,
        receipt_within_s=settings.timeout_s,
    )


def _usable(key: str, made: Callable[[], T]) -> T:
    """What `made` makes of what stands under `key`. Raises ConfigurationError when nothing can be made of it."""
    try:
        return made()
    except (OSError, ValueError) as e:
        raise ConfigurationError([ConfigurationFault(0, key, str(e))]) from e
