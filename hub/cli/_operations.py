"""Calling a running hub's operations from the command line."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

_TIMEOUT_S = 30


class Hub:
    """The hub that runs on a data directory. Every failure is told in Norwegian and ends the command with status 1."""

    def __init__(self, data_directory: Path) -> None:
        file = data_directory / "endpoints.json"
        if not file.exists():
            typer.echo(f"Fant ikke {file}. Kjører knutepunktet, og med denne datamappen (--data-dir)?", err=True)
            raise typer.Exit(1)
        self._http = json.loads(file.read_text(encoding="utf-8"))["http"]
        token = data_directory / "operations.token"
        self._headers = {"Authorization": f"Bearer {token.read_text(encoding='utf-8')}"} if token.exists() else {}

    def get(self, path: str) -> Any:
        """The JSON at `path`."""
        return self._call("GET", path, None)

    def post(self, path: str, body: bytes = b"") -> Any:
        """What the hub answers to `body`."""
        return self._call("POST", path, body)

    def put(self, path: str) -> Any:
        """What the hub answers to a PUT without a body."""
        return self._call("PUT", path, None)

    def delete(self, path: str) -> Any:
        """What the hub answers to a DELETE."""
        return self._call("DELETE", path, None)

    def events(self, path: str) -> Iterator[dict[str, Any]]:
        """What a stream of server-sent events tells, until it ends. Its batches are lists of objects."""
        request = urllib.request.Request(self._http + path, None, self._headers)  # noqa: S310  # our own hub
        request.add_header("Accept", "text/event-stream")
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310  # as above
                for line in answer:
                    if line.startswith(b"data: "):
                        yield from json.loads(line[6:])
        except urllib.error.URLError as error:
            typer.echo("Knutepunktet svarer ikke.", err=True)
            raise typer.Exit(1) from error
        except KeyboardInterrupt:
            return

    def _call(self, method: str, path: str, body: bytes | None) -> Any:
        request = urllib.request.Request(  # noqa: S310  # our own hub, by its endpoints.json
            self._http + path, body, self._headers, method=method
        )
        if body:
            request.add_header("Content-Type", "application/fhir+json")
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310  # as above
                content = answer.read()
        except urllib.error.HTTPError as error:
            typer.echo(_told(error), err=True)
            raise typer.Exit(1) from error
        except urllib.error.URLError as error:
            typer.echo("Knutepunktet svarer ikke.", err=True)
            raise typer.Exit(1) from error
        return json.loads(content) if content else None


def _told(error: urllib.error.HTTPError) -> str:
    try:
        detail = json.loads(error.read())["detail"]
    except (ValueError, KeyError, TypeError):
        return f"Knutepunktet svarte {error.code}."
    return detail if isinstance(detail, str) else f"Knutepunktet svarte {error.code}."
