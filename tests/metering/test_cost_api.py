"""`/cost`: the same answers over HTTP."""

import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import uvicorn
from fastapi import APIRouter, FastAPI

from hub.api.cost import Cost, router
from hub.app.costs import AtFirstAsk
from hub.model.usage import UsageRecord
from tests.metering.cost_line import cost
from tests.metering.ledgers import a_year, case
from tests.serving import PromptServer

ORDER = {"model": "per-case", "total": "1200", "from": "2025-01"}


async def own_records() -> AsyncIterator[UsageRecord]:
    for record in a_year(2, records=100):
        yield record


@dataclass(frozen=True)
class Reply:
    status_code: int
    headers: Any
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Client:
    """Plain HTTP against a real server."""

    base: str

    def get(self, path: str, headers: dict[str, str] | None = None) -> Reply:
        return self._ask(Request(self.base + path, headers=headers or {}))

    def post(self, path: str, body: Any) -> Reply:
        return self._ask(Request(self.base + path, json.dumps(body).encode(), {"Content-Type": "application/json"}))

    def _ask(self, request: Request) -> Reply:
        try:
            with urlopen(request, timeout=60) as answer:
                return Reply(answer.status, answer.headers, answer.read().decode())
        except HTTPError as refusal:
            with refusal:
                return Reply(refusal.code, refusal.headers, refusal.read().decode())


@contextmanager
def client_of(door: Cost) -> Iterator[Client]:
    with client_at(lambda: router(door)) as made:
        yield made


@contextmanager
def client_at(door: Callable[[], APIRouter]) -> Iterator[Client]:
    app = FastAPI()
    app.add_middleware(AtFirstAsk, into=app, door=door, prefix="/cost")
    listener = socket.create_server(("127.0.0.1", 0))
    server = PromptServer(uvicorn.Config(app, log_level="error", ws="none"))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="cost-api")
    thread.start()
    try:
        yield Client(f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with client_of(Cost(own_records)) as made:
        yield made


def answered(client: Client, path: str, body: Any) -> Any:
    reply = client.post(f"/cost/{path}", body)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_run_over_http_is_the_run_of_the_command_line(client: Client) -> None:
    over_http = answered(client, "run", {"order": {**ORDER, "state_share": "40"}})
    asked = ("--model", "per-case", "--total", "1200", "--from", "2025-01", "--state-share", "40")
    assert over_http == cost("run", *asked, "--json")


def test_the_hubs_own_ledger_is_priced_invoiced_explained_and_exported(client: Client) -> None:
    body = {"order": ORDER, "use": "ledger"}
    found = answered(client, "run", body)
    bills = answered(client, "invoice", {**body, "vat": "0"})
    assert sum(b["net_ore"] for b in bills) == found["municipal_ore"] == sum(b["gross_ore"] for b in bills)

    line = bills[0]["lines"][0]
    explained = answered(client, "explain", {**body, "line": line["line"]})
    assert explained["ore"] == line["ore"]
    assert len(explained["cases"]) >= line["quantity"]

    exported = client.get("/cost/export?form=cloudevents")
    ids = {json.loads(row)["id"] for row in exported.text.splitlines()}
    assert ids == {record.id for record in a_year(2, records=100)}


def test_models_are_listed_compared_and_solved_for(client: Client) -> None:
    assert {m["name"] for m in client.get("/cost/models").json()} >= {"nhn-2024", "tiers"}
    assert "k(i)" in client.get("/cost/models/nhn-2024").json()["formula"]

    compared = {"order": ORDER, "models": ["nhn-2024", "per-case"], "draws": 4}
    assert [m["model"] for m in answered(client, "compare", compared)["models"]] == ["nhn-2024", "per-case"]
    report = client.post("/cost/compare/report", compared)
    assert report.headers["content-type"].startswith("text/html")
    assert "<svg" in report.text

    solved = answered(client, "solve", {"order": {**ORDER, "total": "100000000"}, "state_percent": "40"})
    assert abs(solved["outcome"]["state_percent"] - 40) < 0.1


def test_numbers_may_be_numbers_of_json(client: Client) -> None:
    order = {"model": "per-case", "from": "2025-01", "months": 2}
    numbers = {"total": 1200.5, "state_share": 40, "connected": 30, "settings": {"factor.md": 0.2}}
    texts = {"total": "1200,50", "state_share": "40", "connected": "30", "settings": {"factor.md": "0,2"}}
    found = [answered(client, "invoice", {"order": {**order, **one}, "vat": 25}) for one in (numbers, texts)]
    assert found[0] == found[1] != []
    assert client.post("/cost/run", {"order": {**order, "total": True}}).status_code == 422


def test_seed_zero_is_a_seed_of_its_own(client: Client) -> None:
    def draws(seed: int) -> Any:
        body = {"order": {**ORDER, "seed": seed}, "models": ["nhn-2024"], "draws": 3}
        return answered(client, "compare", body)["models"][0]["years"]

    assert draws(0) == draws(0) != draws(1)


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("run", {"order": {**ORDER, "total": "-1"}}, "--total"),
        ("run", {"order": {**ORDER, "key_csv": "number,weight\n0301,x\n"}}, "key_csv: weight"),
        ("run", {"order": {**ORDER, "model": "gratis"}}, "--model"),
        ("run", {"order": {**ORDER, "seed": -1, "connected": "3"}}, "--seed"),
        ("run", {"order": {**ORDER, "connected": "/etc/passwd"}}, "--connected"),
        ("invoice", {"order": ORDER, "municipalities": ["9999"]}, "--municipality"),
        ("explain", {"order": ORDER, "line": "x"}, "x"),
        ("solve", {"order": ORDER}, "--target-state-share"),
    ],
)
def test_every_fault_of_an_order_is_told(client: Client, path: str, body: Any, where: str) -> None:
    reply = client.post(f"/cost/{path}", body)
    assert reply.status_code == 422
    assert where in [fault["where"] for fault in reply.json()["detail"]]


def test_an_unknown_model_and_a_malformed_body_are_refused(client: Client) -> None:
    assert client.get("/cost/models/gratis").status_code == 422
    assert client.post("/cost/run", {"order": {**ORDER, "gratis": 1}}).status_code == 422


def test_a_test_municipalitys_ledger_is_named_as_unknown_and_can_be_a_sample() -> None:
    async def records() -> AsyncIterator[UsageRecord]:
        for n in range(4):
            yield case(n, municipality="314159265")

    with client_of(Cost(records)) as client:
        refusal = client.post("/cost/run", {"order": ORDER, "use": "ledger"})
        assert "314159265" in refusal.json()["detail"][0]["text"]
        assert answered(client, "run", {"order": ORDER, "use": "sample"})["municipal_ore"] == 120_000


def test_with_a_token_nobody_else_gets_in() -> None:
    with client_of(Cost(own_records, token="hemmelig")) as client:
        assert client.get("/cost/models").status_code == 401
        assert client.get("/cost/models", headers={"Authorization": "Bearer hemmelig"}).status_code == 200


def test_the_door_comes_in_once_when_it_or_the_description_of_all_doors_is_asked_for() -> None:
    brought = []

    def door() -> APIRouter:
        brought.append(1)
        return router(Cost(own_records))

    with client_at(door) as at:
        assert at.get("/costs").status_code == 404
        assert brought == []
        assert "/cost/run" in at.get("/openapi.json").json()["paths"]
        assert at.get("/cost/models").status_code == 200
        assert answered(at, "run", {"order": ORDER})
    assert brought == [1]
