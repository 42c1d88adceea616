"""What a check sends: messages by MQTT or by JFT, with tokens from the token service, through the SDK."""

from __future__ import annotations

import secrets

import orjson

from connectors.event_channel import EventChannel
from connectors.helseid import HelseId, HelseIdClient
from connectors.helseid.client import read_key
from connectors.http.exchange import HttpRequest
from connectors.http.line import HttpLine
from connectors.mqtt import MqttConnection
from connectors.receipt import Receipt
from connectors.transport.http import JftTransport
from connectors.transport.port import Outgoing
from hub.app.rehearsing.clients import RehearsalClient
from hub.model.codes import ReceiptCode
from hub.model.errors import AccessDenied, DeliveryFailed, Refused
from hub.model.ports import Clock
from hub.rehearsal.surroundings import Answer, Door, OutOfReach, TokenTrial

_RECEIPT_WITHIN_S = 15.0
_FORM = "application/x-www-form-urlencoded"


async def by_mqtt(broker: str, municipality: str, sender: str, payload: bytes, *, device: str) -> Answer:
    """Publish as the sender would, over a connection of our own, and wait for the receipt. Raises OutOfReach."""
    connection = MqttConnection(broker, client_id=f"rehearsal-{secrets.token_hex(6)}")
    channel = EventChannel(connection, municipality=municipality, sender=sender)
    try:
        async with connection, channel:
            return answer_of(await channel.send(payload, device=device, timeout_s=_RECEIPT_WITHIN_S))
    except (AccessDenied, DeliveryFailed) as error:
        raise OutOfReach("Meldingen fikk ingen kvittering over MQTT.") from error


async def by_jft(base: str, client: RehearsalClient, payload: bytes, *, device: str, clock: Clock) -> Answer:
    """Register with JFT's door, signed in with DPoP. A refusal is an answer. Raises OutOfReach."""
    kind = str(orjson.loads(payload).get("resourceType"))
    transport = JftTransport(f"{base}/jft", clock=clock, sign_in=_sign_in(base, client, clock))
    try:
        async with transport:
            return answer_of(await transport.send(Outgoing(kind, payload, device)))
    except (Refused, AccessDenied) as error:
        return Answer(ReceiptCode.REJECTED, "JFT avviste meldingen", (str(error),))
    except DeliveryFailed as error:
        raise OutOfReach("Meldingen kom ikke fram til JFT.") from error


def answer_of(receipt: Receipt) -> Answer:
    """The receipt as a check reads it."""
    advice = tuple(remark.advice for remark in receipt.remarks if remark.severity == "error")
    return Answer(receipt.code, receipt.text or "Mottatt", advice)


async def try_token(base: str, client: RehearsalClient, *, door: Door, clock: Clock) -> TokenTrial:
    """Fetch a token and call a protected door with it and without. Raises OutOfReach."""
    request, name = _protected(base, client, door)
    try:
        async with HttpLine(timeout_s=_RECEIPT_WITHIN_S) as line:
            with_token = await _sign_in(base, client, clock).send(request, line)
            without = await line.send(request)
    except (AccessDenied, DeliveryFailed) as error:
        raise OutOfReach("Tokentjenesten ga ikke noe token.") from error
    return TokenTrial(name, "DPoP", with_token.status, without.status)


def _protected(base: str, client: RehearsalClient, door: Door) -> tuple[HttpRequest, str]:
    """A call that only reads, and what a person calls it."""
    if door == "jft":
        path = "/jft/v1/Bundle"
        return HttpRequest("GET", f"{base}{path}?_count=1", {"Accept": "application/fhir+json"}), f"GET {path}"
    path = f"/epj/r4/{client.municipality}/patient/_search"
    headers = {"Content-Type": _FORM, "Accept": "application/fhir+json", "ServiceCodes": client.service}
    return HttpRequest("POST", f"{base}{path}", headers, b""), f"POST {path}"


def _sign_in(base: str, client: RehearsalClient, clock: Clock) -> HelseId:
    try:
        key = read_key(client.key_file)
    except (OSError, ValueError) as error:
        raise OutOfReach("Nøkkelen til testklienten finnes ikke.") from error
    return HelseId(HelseIdClient(f"{base}/helseid", client.client_id, key, client.scopes), clock=clock)
