"""Watches over time: devices that must be heard from, and alerts that must be answered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
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
    close_alerts,
    close_answered,
    escalate_unanswered,
    mark_silent,
    note_heard,
    note_status,
    open_alerts,
    raise_alert,
    silent_devices,
    troubled_devices,
)

_ROUND_S = 0.5
#: What a last will says, by the words that devices use.
LOST = frozenset({"offline", "lost", "disconnected", "dead", "gone"})

_ODD = re.compile(r"[\x00-\x1f]")
_MOST_BATTERY = 1_000_000.0
_LONGEST_INTERVAL_S = 366 * 86_400.0
_LONGEST_NAME = 200

_Device = tuple[str, str, str]


def status_of(payload: bytes, municipality: str, sender: str, device: str, *, now: datetime) -> DeviceStatus | None:
    """The status in `payload`, or None when it can't be read. Odd values are read as not said."""
    try:
        said = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("state"), str):
        return None
    if max(len(municipality), len(sender), len(device)) > _LONGEST_NAME:
        return None
    return DeviceStatus(
        municipality,
        sender,
        device,
        _state(said["state"]),
        _within(said.get("battery"), -_MOST_BATTERY, _MOST_BATTERY),
        min(at, now) if (at := parse_time(said.get("at"))) else None,
        now,
        _within(said.get("next_within_s"), 0.001, _LONGEST_INTERVAL_S),
    )


def _state(said: str) -> str:
    """The device's own word, but a word for being gone in the one way that it is looked for."""
    state = _ODD.sub("", said)[:40]
    return lost if (lost := state.strip().casefold()) in LOST else state


def _within(value: Any, least: float, most: float) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and least <= value <= most else None


class Watch:
    """Gathers what devices say and, round by round, raises what must be raised. `run` until cancelled."""

    def __init__(self, engines: Engines, clock: Clock, *, on_wants: Callable[[Sequence[Want]], None]) -> None:
        self._engines = engines
        self._clock = clock
        self._on_wants = on_wants
        self._listening_since = clock.now()
        self._said: dict[_Device, DeviceStatus] = {}
        self._heard: dict[_Device, datetime] = {}

    def said(self, status: DeviceStatus, *, is_retained: bool) -> None:
        """A device said how it is, or its broker said that it is gone.

        A retained status is an old one: it was heard when it says, or before anybody listened. A last will was written
        when the device connected, so its own time tells nothing: the device was lost now, or at an unknown time.
        """
        device = (status.municipality, status.sender, status.device)
        is_lost = status.state in LOST
        if is_retained:
            status = replace(status, heard_at=min(status.reported_at or self._listening_since, status.heard_at))
        elif not is_lost:
            self._heard[device] = status.heard_at
        if is_lost:
            status = replace(status, reported_at=None if is_retained else status.heard_at)
        before = self._said.get(device)
        if before is None or _is_no_older(status, before):
            self._said[device] = status

    def heard(self, municipality: str, sender: str, device: str, at: datetime) -> None:
        """Something came from a device, so it is not silent."""
        self._heard[municipality, sender, device] = at

    async def run(self) -> None:
        """Look after devices and alerts until cancelled. Raises StoreUnavailable when the store fails."""
        while True:
            await asyncio.sleep(_ROUND_S)
            await self.look()

    async def look(self) -> None:
        """One round."""
        said, self._said = self._said, {}
        heard, self._heard = self._heard, {}
        async with self._engines.writing() as connection:
            await note_status(connection, list(said.values()))
            await note_heard(connection, heard)
            if said or heard:
                await self._tell_of_changes(connection)
            await self._tell_of_silence(connection)
            await close_answered(connection, now=self._clock.now())
            wants = await escalate_unanswered(connection, now=self._clock.now(), real=self._clock.real())
        if wants:
            self._on_wants(wants)

    async def _tell_of_changes(self, connection: AsyncConnection) -> None:
        """Bring the alerts in line with the devices: who is back has none, who is lost has one."""
        now = self._clock.now()
        troubled = await troubled_devices(connection, lost=LOST)
        lost = {_key("lost", d): d for d in troubled if d.state in LOST}
        silent = {_key("silent", d) for d in troubled if d.silent_since is not None}
        known = await open_alerts(connection, ("lost", "silent"))
        await close_alerts(connection, sorted(known - lost.keys() - silent), at=now)
        for key, device in lost.items():
            if key not in known:
                await raise_alert(
                    connection,
                    key=key,
                    kind="lost",
                    municipality=device.municipality,
                    subject=f"{device.sender}/{device.device}",
                    words="Enheten har mistet forbindelsen.",
                    at=now,
                )

    async def _tell_of_silence(self, connection: AsyncConnection) -> None:
        now = self._clock.now()
        for device in await silent_devices(connection, now=now, listening_since=self._listening_since):
            await mark_silent(connection, device, now=now)
            await raise_alert(
                connection,
                key=_key("silent", device),
                kind="silent",
                municipality=device.municipality,
                subject=f"{device.sender}/{device.device}",
                words=f"Enheten skulle meldt seg innen {device.next_within_s:.0f} sekunder, men er taus.",
                at=now,
            )


def _is_no_older(status: DeviceStatus, before: DeviceStatus) -> bool:
    times = status.reported_at, before.reported_at
    return times[0] is None or times[1] is None or times[0] >= times[1]


def _key(kind: str, device: DeviceStatus) -> str:
    return f"{kind}:{device.municipality}/{device.sender}/{device.device}"
