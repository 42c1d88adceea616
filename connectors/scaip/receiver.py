"""The bridge's ear: SCAIP requests over SIP, taken by a connector, and answered when they are safe."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import orjson

from connectors.scaip import codes
from connectors.scaip.arrivals import Arrivals
from connectors.scaip.message import KIND, NotScaip, device_of, is_event, read_request, write_answer
from connectors.sip import SipMessage, SipServer
from connectors.sip.server import Peer, SipAnswer
from connectors.vendor import NotUnderstood, VendorConnector
from hub.model.errors import StoreUnavailable, Unreachable

#: Where the answer goes: in a MESSAGE of its own after an empty 200, or in the 200 itself. Implementations differ.
Answer = Literal["message", "response"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a unit gets to hear: the reference of its message, a status number, words."""

    reference: str
    status: str
    text: str = ""

    @property
    def body(self) -> bytes:
        """The same as XML."""
        return write_answer(self.reference, self.status, self.text)


class ScaipReceiver:
    """The bridge's ear: reads MESSAGE requests, has `connector` take them, and answers the unit.

    `heartbeat_s` is how long after a heartbeat the next one should have come; without it silence is not noticed.
    """

    def __init__(
        self,
        connector: VendorConnector,
        residents: Mapping[str, str],
        *,
        answer: Answer,
        now: Callable[[], datetime],
        heartbeat_s: int | None = None,
    ) -> None:
        self._connector = connector
        self._residents = residents
        self._answer: Answer = answer
        self._now = now
        self._heartbeat_s = heartbeat_s
        self._answering: set[asyncio.Task[int]] = set()

    @asynccontextmanager
    async def serve(self, host: str, port: int) -> AsyncIterator[SipServer]:
        """The SIP server of this receiver. What came lately is remembered beside the connector's spool."""
        spool = self._connector.spool_path
        async with Arrivals.open(spool.with_suffix(".scaip.db") if spool else None) as self._arrivals:
            self._server = SipServer(self._message, host=host, port=port, new_tag=lambda: secrets.token_hex(6))
            async with self._server:
                yield self._server

    async def _message(self, message: SipMessage, peer: Peer) -> SipAnswer:
        said = await self._taken(message.body)
        if self._answer == "response":
            return SipAnswer(200, said.body, KIND)
        # The empty 200 must be out before our own request, so that is sent from a task.
        task = asyncio.create_task(self._server.request(_answering(message, said, peer), peer), name="SCAIP answer")
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        return SipAnswer(200)

    async def _taken(self, body: bytes) -> Said:
        try:
            request = read_request(body)
        except NotScaip as e:
            return Said("", e.answer, str(e))
        reference, controller = request.get("ref", ""), request["cid"]
        try:
            came_at = await self._arrivals.first(controller, reference, body, self._now())
            wrapped = {
                "received_at": came_at.isoformat(),
                "patient": self._residents.get(controller),
                "scaip": base64.b64encode(body).decode(),
            }
            return await self._kept(request, orjson.dumps(wrapped), reference)
        except StoreUnavailable:
            return Said(reference, codes.NOT_TREATED, "try again")

    async def _kept(self, request: Mapping[str, str], wrapped: bytes, reference: str) -> Said:
        try:
            await self._connector.take(wrapped)
        except NotUnderstood as e:
            await self._connector.set_aside(wrapped, e)
            return Said(reference, codes.NOT_TREATED, "not treated")
        await self._tell_condition(request)
        return Said(reference, codes.OK)

    async def _tell_condition(self, request: Mapping[str, str]) -> None:
        if is_event(request):
            return
        state = codes.CONDITIONS.get(request.get("stc", ""), "ok")
        promised = self._heartbeat_s if request.get("mty") == "PI" else None
        with contextlib.suppress(Unreachable):  # the next heartbeat tells it, and the alarms are in the spool
            await self._connector.report_device(device_of(request), state=state, next_within_s=promised)


def _answering(request: SipMessage, said: Said, peer: Peer) -> SipMessage:
    """A MESSAGE of our own to the unit: From and To changed about, a call of its own."""
    target = request.header("from").partition("<")[2].partition(">")[0] or "sip:unit"
    headers = (
        ("via", f"SIP/2.0/{'TCP' if peer.reliable else 'UDP'} 127.0.0.1;rport;branch=z9hG4bK{secrets.token_hex(8)}"),
        ("max-forwards", "70"),
        ("from", f"{request.header('to').partition(';tag=')[0]};tag={secrets.token_hex(6)}"),
        ("to", request.header("from").partition(";tag=")[0]),
        ("call-id", secrets.token_hex(12)),
        ("cseq", "1 MESSAGE"),
        ("content-type", KIND),
    )
    return SipMessage(f"MESSAGE {target} SIP/2.0", headers, said.body)
