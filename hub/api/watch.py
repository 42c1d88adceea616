"""Watches over time: devices that must be heard from, and alerts that must be answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.ports import Clock
from hub.model.times import parse_time
from hub.store.engine import Engines
from hub.store.rows import Want
from hub.store.watching import (
    DeviceStatus,
    all_devices,
    close_alerts,
    escalate_unanswered,
    mark_silent,
    note_heard,
    note_status,
    raise_alert,
    silent_devices,
)

_ROUND_S = 0.5
#: What a last will says, by the words that devices use.
_LOST = frozenset({"offline", "lost", "disconnected", "dead", "gone"})

_Device = tuple[str, str, str]


def status_of(payload: bytes, municipality: str, sender: str, device: str, *, now: datetime) -> DeviceStatus | None:
    """The status in `payload`, or None when it can't be read. Odd values are read as not said."""
    try:
        said = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("state"), str):
        return None
    return DeviceStatus(
        municipality,
        sender,
        device,
        said["state"][:40],
        _number(said.get("battery")),
        parse_time(said.get("at")),
        now,
        _positive(said.get("next_within_s")),
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _positive(value: Any) -> float | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


class Watch:
    """Gathers what devices say and, round by round, raises what must be raised. `run` until cancelled."""

    def __init__(self, engines: Engines, clock: Clock, *, on_wants: Callable[[Sequence[Want]], None]) -> None:
        self._engines = engines
        self._clock = clock
        self._on_wants = on_wants
        self._listening_since = clock.now()
        self._said: dict[_Device, DeviceStatus] = {}
        self._heard: dict[_Device, datetime] = {}
        self._silent: set[_Device] = set()

    def said(self, status: DeviceStatus, *, is_retained: bool) -> None:
        """A device said how it is. A retained status is an old one: it was heard when it says, not now."""
        if is_retained and status.reported_at is not None:
            status = replace(status, heard_at=min(status.reported_at, status.heard_at))
        self._said[status.municipality, status.sender, status.device] = status

    def heard(self, municipality: str, sender: str, device: str, at: datetime) -> None:
        """Something came from a device, so it is not silent."""
        self._heard[municipality, sender, device] = at

    async def run(self) -> None:
        """Look after devices and alerts until cancelled. Raises StoreUnavailable when the store fails."""
        async with self._engines.reading() as connection:
            known = await all_devices(connection)
        self._silent = {(d.municipality, d.sender, d.device) for d in known if d.silent_since is not None}
        while True:
            await asyncio.sleep(_ROUND_S)
            said, self._said = self._said, {}
            heard, self._heard = self._heard, {}
            async with self._engines.writing() as connection:
                await note_status(connection, list(said.values()))
                await note_heard(connection, heard)
                await self._tell_of_return(connection, heard)
                await self._tell_of_wills(connection, list(said.values()))
                await self._tell_of_silence(connection)
                wants = await escalate_unanswered(connection, now=self._clock.now(), real=self._clock.real())
            if wants:
                self._on_wants(wants)

    async def _tell_of_return(self, connection: AsyncConnection, heard: Mapping[_Device, datetime]) -> None:
        back = self._silent & heard.keys()
        self._silent -= back
        await close_alerts(connection, [f"silent:{'/'.join(device)}" for device in back], at=self._clock.now())

    async def _tell_of_wills(self, connection: AsyncConnection, statuses: Sequence[DeviceStatus]) -> None:
        now = self._clock.now()
        back = [s for s in statuses if s.state not in _LOST]
        await close_alerts(connection, [k for s in back for k in (_key("lost", s), _key("silent", s))], at=now)
        for status in statuses:
            if status.state in _LOST:
                await raise_alert(
                    connection,
                    key=_key("lost", status),
                    kind="lost",
                    municipality=status.municipality,
                    subject=f"{status.sender}/{status.device}",
                    words="Enheten har mistet forbindelsen.",
                    at=now,
                )

    async def _tell_of_silence(self, connection: AsyncConnection) -> None:
        now = self._clock.now()
        for device in await silent_devices(connection, now=now, listening_since=self._listening_since):
            await mark_silent(connection, device, now=now)
            self._silent.add((device.municipality, device.sender, device.device))
            await raise_alert(
                connection,
                key=_key("silent", device),
                kind="silent",
                municipality=device.municipality,
                subject=f"{device.sender}/{device.device}",
                words=f"Enheten skulle meldt seg innen {device.next_within_s:.0f} sekunder, men er taus.",
                at=now,
            )


def _key(kind: str, device: DeviceStatus) -> str:
    return f"{kind}:{device.municipality}/{device.sender}/{device.device}"
