"""A FHIR server written for these tests alone: the standard library's HTTP server, a dictionary, and faults.

It knows nothing of the hub's own simulated EPJs, so that both can't share one mistake.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]


@dataclass(slots=True)
class Ledger:
    """What the EPJ holds, by its own ids, and how it behaves.

    `fault`: None | down (503) | refuse (422) | late (registers `delay_s` later than it should, and answers then) |
    drop (registers and closes the line without a word).
    """

    notes: dict[str, Json] = field(default_factory=dict)
    created: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    fault: str | None = None
    delay_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keyed(self, system: str, value: str) -> list[tuple[str, Json]]:
        wanted = {"system": system, "value": value}
        return [(id_, note) for id_, note in self.notes.items() if note.get("identifier") == wanted]

    def texts(self) -> list[str]:
        """What a nurse reads: the text of each note's sections."""
        with self.lock:
            return [_text(note) for note in self.notes.values()]

    def holds(self, *identifiers: str) -> bool:
        """Whether one and the same note has these senders' identifiers."""
        with self.lock:
            return any(all(i in json.dumps(note) for i in identifiers) for note in self.notes.values())


def _text(note: Json) -> str:
    composition = note["entry"][0]["resource"]
    assert composition["resourceType"] == "Composition"
    found = [composition.get("title", ""), composition.get("text", {}).get("div", "")]
    found += [part.get("text", {}).get("div", "") for part in composition.get("section", [])]
    return "\n".join(found)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = self._body()
        ledger = self.server.ledger
        if self._is_at_fault("POST"):
            return
        with ledger.lock:
            query = parse_qs(self.headers.get("If-None-Exist", ""))
            system, _, value = query["identifier"][0].partition("|")
            found = ledger.keyed(system, value)
            if not found:
                ledger.created[value] += 1
                id_ = f"b{len(ledger.notes) + 1}"
                ledger.notes[id_] = {**body, "id": id_}
        if ledger.fault == "drop":
            self.close_connection = True
            self.connection.close()
            return
        id_ = found[0][0] if found else id_
        self._answer(200 if found else 201, ledger.notes[id_], location=f"/fhir/Bundle/{id_}")

    def do_GET(self) -> None:
        if self._is_at_fault("GET"):
            return
        parts = urlsplit(self.path)
        ledger = self.server.ledger
        with ledger.lock:
            if parts.query:
                system, _, value = parse_qs(parts.query)["identifier"][0].partition("|")
                entries = [{"resource": note} for _, note in ledger.keyed(system, value)]
                found: Json | None = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
            else:
                found = ledger.notes.get(parts.path.rsplit("/", 1)[-1])
        self._answer(200 if found else 404, found or {})

    def do_PUT(self) -> None:
        body = self._body()
        if self._is_at_fault("PUT"):
            return
        id_ = self.path.rsplit("/", 1)[-1]
        with self.server.ledger.lock:
            known = id_ in self.server.ledger.notes
            if known:
                self.server.ledger.notes[id_] = {**body, "id": id_}
        self._answer(200 if known else 404, {})

    def _is_at_fault(self, what: str) -> bool:
        ledger = self.server.ledger
        ledger.requests[what] += 1
        if ledger.fault == "late":
            time.sleep(ledger.delay_s)
        if ledger.fault in {"down", "refuse"}:
            self._answer(503 if ledger.fault == "down" else 422, {"resourceType": "OperationOutcome", "issue": []})
            return True
        return False

    def _body(self) -> Json:
        found: Json = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def _answer(self, status: int, body: Json, *, location: str | None = None) -> None:
        content = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/fhir+json")
            self.send_header("Content-Length", str(len(content)))
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.ledger = ledger

    def handle_error(self, *_: object) -> None:
        """A client that was killed in the middle of a request is no news."""


@dataclass(frozen=True, slots=True)
class EpjServer:
    """A running EPJ: its address for the hub, and what it holds."""

    url: str
    ledger: Ledger


@contextmanager
def epj_server() -> Iterator[EpjServer]:
    server = _Server(Ledger())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield EpjServer(f"http://127.0.0.1:{server.server_address[1]}/fhir", server.ledger)
    finally:
        server.shutdown()
        server.server_close()
