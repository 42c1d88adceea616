"""The driving interface: how a conformance kit makes a running system do what the field does.

A system that wants to be tested unattended serves this under `{its address}/conformance/v1`. `docs/conformance.md`
describes it for those who write it themselves; `connectors.testing.driven` serves it for connectors of the SDK.

GET    /                              200 `ProductCard`
PUT    /sessions/{id}                 201 when the system is connected as `Surroundings` say, with what it remembers
DELETE /sessions/{id}                 204 when it has stopped as it does at a planned stop; its memory stays
DELETE /sessions/{id}?forget          204, and the session's memory is gone
POST   /sessions/{id}/events          body `{"events": [word, …]}` (`connectors.testing.spoken`): 202 `Taken`
POST   /sessions/{id}/examples/{n}    the product's own example message, by its place in the card: 202 `Taken`
POST   /sessions/{id}/messages        body: a message of the product, any bytes: 202 `Taken`
GET    /sessions/{id}/events          200 `[EventReport, …]`, oldest first
POST   /sessions/{id}/device          body `DeviceWord`: 204 when the device's state is told
GET    /sessions/{id}/alerts          response centre: 200 `[AlertShown, …]`, oldest first
POST   /sessions/{id}/calls           api client: body `Call`, 200 `CallAnswer`

An event or message that the system can't take gives 422 with `{"error": "…"}`, a session that isn't there 404.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Way = Literal["mqtt", "vkp", "jft"]
Role = Literal["connector", "response-centre", "api-client"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ExampleCard(_Frozen):
    """One of the product's own messages: its name, how many events it becomes, and whom they are about."""

    name: str
    events: int
    people: tuple[str, ...] = ()


class ProductCard(_Frozen):
    """What the system is and what can be tried with it.

    `words` are the events it can tell (class names of `connectors.words`); `calls` what it can ask for
    (`vkp.search`, …). `sessions` is how many may be open at a time.
    """

    interface: int = 1
    product: str
    version: str = ""
    ways: tuple[Way, ...]
    roles: tuple[Role, ...] = ("connector",)
    words: tuple[str, ...] = ()
    examples: tuple[ExampleCard, ...] = ()
    calls: tuple[str, ...] = ()
    service_codes: tuple[str, ...] = ()
    sessions: int = 1


class TlsFiles(_Frozen):
    """Trusted issuer, client certificate and its key, as PEM texts made for the test."""

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None


class HelseIdAccess(_Frozen):
    """The client to sign in as. `private_jwk` is made for the test and is nobody's secret."""

    issuer: str
    client_id: str
    scopes: tuple[str, ...]
    private_jwk: Mapping[str, Any]


class Surroundings(_Frozen):
    """Where the national side is in this session, and who the system is there.

    `mqtt` is the broker's address, `vkp`, `jft`, `pit` and `pmd` the APIs'. `timeout_s` is how long the system should
    wait for an answer before it takes it as lost. `product` picks one of several products behind one address.
    """

    product: str | None = None
    role: Role = "connector"
    municipality: str
    sender: str
    way: Way = "mqtt"
    mqtt: str | None = None
    mqtt_version: Literal["3.1.1", "5"] = "3.1.1"
    mqtt_username: str | None = None
    mqtt_password: str | None = None
    vkp: str | None = None
    jft: str | None = None
    pit: str | None = None
    pmd: str | None = None
    helseid: HelseIdAccess | None = None
    tls: TlsFiles | None = None
    service_codes: tuple[str, ...] = ()
    timeout_s: float = 2.0


class Taken(_Frozen):
    """The numbers under which the system keeps what it was told; empty when there was nothing to tell the hub."""

    numbers: tuple[int, ...]


class EventReport(_Frozen):
    """What has become of an event: `waiting`, `taken`, `registered`, `journaled`, `failed`, `refused` or `let_go`."""

    number: int
    fate: str
    attempts: int = 0
    receipt: str | None = None
    text: str = ""


class DeviceWord(_Frozen):
    """How a device is just now; see `Connector.report_device`."""

    device: str
    state: str
    battery: int | None = None
    next_within_s: int | None = None


class AlertShown(_Frozen):
    """An alert that the response centre has shown its people: the SHA-256 of its bytes, and the resource."""

    sha256: str
    resource: Mapping[str, Any]
    is_confirmed: bool


class Call(_Frozen):
    """A question to a national API: one of the card's `calls`, and its parameters."""

    call: str
    parameters: Mapping[str, Any] = {}


class CallAnswer(_Frozen):
    """What the system made of the answer: the resources it got, or why it got none."""

    resources: tuple[Mapping[str, Any], ...] = ()
    error: str | None = None
