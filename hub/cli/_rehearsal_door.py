"""The rehearsal's JSON door as the command line calls it."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: A whole test may take its time where an EPJ does not answer.
_TIMEOUT_S = 600
_BASE = "/rehearsal/api"


class DoorShut(Exception):
    """The hub did not do what was asked; the text is Norwegian and says why."""


@dataclass(frozen=True, slots=True)
class RehearsalDoor:
    """The door of the hub at `http`; `token` where operations need one."""

    http: str
    token: str | None = None

    @classmethod
    def of(cls, data_directory: Path) -> RehearsalDoor:
        """The door of the hub that runs on a data directory. Raises DoorShut when none does."""
        file = data_directory / "endpoints.json"
        if not file.exists():
            raise DoorShut(f"Fant ikke {file}. Kjører knutepunktet, og med denne datamappen (--data-dir)?")
        token = data_directory / "operations.token"
        http = json.loads(file.read_text(encoding="utf-8"))["http"]
        return cls(http, token.read_text(encoding="utf-8") if token.exists() else None)

    def get(self, path: str, **query: str) -> Any:
        """The JSON at `path`. Raises DoorShut."""
        return json.loads(self.content(path, **query))

    def content(self, path: str, **query: str) -> bytes:
        """What is at `path`, as it is. Raises DoorShut."""
        return self._call("GET", path, None, query)

    def post(self, path: str, body: object = None, **query: str) -> Any:
        """What the hub answers to `body`. Raises DoorShut."""
        return json.loads(self._call("POST", path, json.dumps(body or {}).encode(), query))

    def delete(self, path: str) -> Any:
        """Take away what is at `path`. Raises DoorShut."""
        return json.loads(self._call("DELETE", path, None, {}))

    def _call(self, method: str, path: str, body: bytes | None, query: dict[str, str]) -> bytes:
        asked = f"?{urllib.parse.urlencode(query)}" if query else ""
        address = f"{self.http}{_BASE}{urllib.parse.quote(path)}{asked}"
        headers = {"Content-Type": "application/json"} if body else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(address, body, headers, method=method)  # noqa: S310  # our own hub
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310  # as above
                content: bytes = answer.read()
        except urllib.error.HTTPError as error:
            raise DoorShut(_told(error)) from error
        except OSError as error:
            raise DoorShut("Knutepunktet svarer ikke.") from error
        return content


def _told(error: urllib.error.HTTPError) -> str:
    try:
        detail = json.loads(error.read())["detail"]
    except (ValueError, KeyError, TypeError):
        return f"Knutepunktet svarte {error.code}."
    return (
        detail if isinstance(detail, str) else f"Knutepunktet svarte {error.code}: noe i forespørselen har feil form."
    )
