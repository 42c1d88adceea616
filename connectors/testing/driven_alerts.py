"""A response centre in a driven session: shows each alert to the connector, and remembers what was shown."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

from connectors.mqtt import MqttConnection
from connectors.response_centre import Alert, ResponseCentre
from connectors.settings import ConnectorSettings, mqtt_connection_of
from connectors.testing.driving import AlertShown
from connectors.vendor import VendorConnector
from hub.model.errors import Unreachable

#: To connect is several questions and answers.
_CONNECTED_WITHIN_TIMEOUTS = 5


class ShownAlerts:
    """The alerts that were shown, and which of them are confirmed, in a file of one line each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch(mode=0o600)  # it holds what patients have said and done
        whole = path.read_bytes().rpartition(b"\n")[0]  # a process that was killed may have left half a line
        os.truncate(path, len(whole) + 1 if whole else 0)
        lines = [json.loads(line) for line in whole.splitlines()]
        self._shown: list[tuple[str, dict[str, Any]]] = [(s["shown"], s["resource"]) for s in lines if "shown" in s]
        self._confirmed = {said["confirmed"] for said in lines if "confirmed" in said}

    async def keep(self, alert: Alert) -> None:
        """Keep `alert` durably as shown; what is no FHIR resource is kept as an empty one."""
        resource = _resource(alert)
        await asyncio.to_thread(self._write, {"shown": alert.sha256, "resource": resource})
        self._shown.append((alert.sha256, resource))

    async def confirmed(self, sha256: str) -> None:
        """Keep that the alert was confirmed."""
        await asyncio.to_thread(self._write, {"confirmed": sha256})
        self._confirmed.add(sha256)

    def all(self) -> list[AlertShown]:
        """Every alert that was shown, oldest first."""
        return [
            AlertShown(sha256=sha256, resource=resource, is_confirmed=sha256 in self._confirmed)
            for sha256, resource in self._shown
        ]

    def _write(self, said: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(said) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _resource(alert: Alert) -> dict[str, Any]:
    try:
        resource: object = alert.resource
    except ValueError:
        return {}
    return resource if isinstance(resource, dict) else {}


class DrivenCentre(ResponseCentre):
    """A response centre that keeps each alert as shown, gives it to a connector, and notes what that confirms."""

    def __init__(self, line: MqttConnection, settings: ConnectorSettings, *, folder: Path) -> None:
        memory = folder / "alerts.db"
        super().__init__(line, municipality=settings.municipality, sender=settings.sender, memory=memory)
        self.shown = ShownAlerts(folder / "shown.jsonl")

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, settings: ConnectorSettings, folder: Path) -> AsyncIterator[DrivenCentre]:
        """A centre at the broker that `settings` name, with its memory in `folder`, connected and listening.

        Raises `Unreachable` or `AccessDenied` when the broker can't be had.
        """
        line = mqtt_connection_of(
            settings,
            client_id=f"{settings.mqtt.client_id}-alerts",
            session="persistent",
            connect_within_s=settings.timeout_s * _CONNECTED_WITHIN_TIMEOUTS,
        )
        async with line, cls(line, settings, folder=folder) as centre:
            yield centre

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        return self

    async def confirm(self, sha256: str) -> None:
        """Confirm the alert, and note that it was."""
        await super().confirm(sha256)
        await self.shown.confirmed(sha256)

    async def attend_by(self, connector: VendorConnector) -> None:
        """Show alerts to `connector` until the line is closed. Raises what its `attend` raises, and what ended them."""
        async for alert in self.alerts():
            await self.shown.keep(alert)
            with contextlib.suppress(Unreachable):  # the hub sends it again, and it is confirmed then
                await connector.attend(alert)
