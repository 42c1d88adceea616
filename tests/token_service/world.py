"""A small world for tests: a token service and two protected APIs behind real HTTP on the loopback address."""

import asyncio
import contextlib
import socket
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from hub.api.access import AccessRules, Caller, ClaimRule, Gate, require
from hub.api.access.denied import Challenge
from hub.jose.replay import RememberedUses
from hub.model.client import Client
from hub.token_service import KEY_FILE, SigningKeys, TestUser, TokenService, known_clients, make_test_client
from hub.token_service.routes import router
from tests.serving import PromptServer
from tests.token_service.tiny_client import key_in

SCOPES = ("nhn:jft/api", "nhn:pit/api.read", "nhn:vkp/api/user/bundle.write")


class ShiftedClock:
    """The machine's time, put forward or back by `shift` seconds."""

    def __init__(self):
        self.shift = 0.0

    def now(self):
        return datetime.fromtimestamp(self.real(), UTC)

    def real(self):
        return time.time() + self.shift


@dataclass
class World:
    base: str
    service: TokenService
    clock: ShiftedClock
    keys: dict
    app: FastAPI

    @property
    def issuer(self):
        return self.service.issuer


def client_with_key(directory, client_id, *, kind="EC", **fields):
    """A client with a fresh key, and that key."""
    made = make_test_client(
        directory / client_id, client_id=client_id, organisation_number="314159265", scopes=SCOPES, kind=kind
    )
    key = key_in(directory / client_id / "test-client.jwk.json")
    return Client.model_validate({**made.model_dump(), **fields}), key


@contextlib.contextmanager
def world_at(directory, *, mode="test", more_clients=(), **service_fields):
    clock = ShiftedClock()
    test, test_key = client_with_key(directory, "test-client", vkp_id="Acme_Alarm_Testvik")
    pairs = [(test, test_key), *more_clients]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        service = TokenService(
            issuer=f"{base}/helseid",
            clients=known_clients([client for client, _ in pairs]),
            keys=SigningKeys(directory / KEY_FILE, kind="EC"),
            replay=RememberedUses(clock.real),
            clock=clock,
            new_id=lambda: uuid.uuid4().hex,
            mode=mode,
            test_users=(TestUser("drift", "Dina Drift", ("operations",)),),
            **service_fields,
        )
        app = app_of(service, clock)
        with served(app, listener):
            yield World(base, service, clock, {client.client_id: key for client, key in pairs}, app)


def app_of(service, clock):
    app = FastAPI()
    app.include_router(router(service), prefix="/helseid")
    gate = Gate(service.keys, RememberedUses(clock.real), clock)
    jft = AccessRules(service.issuer, "nhn:jft", any_scope=("nhn:jft/api",))
    vkp = AccessRules(
        service.issuer,
        "nhn:vkp",
        schemes=("DPoP", "Bearer"),
        any_scope=("nhn:vkp/api/user/bundle.write", "nhn:vkp/api/user/bundle.*"),
        claims=(ClaimRule("client_amr", ("private_key_jwt",)), ClaimRule("nhn:vkp/client/claims/vkp-id")),
    )

    @app.api_route("/jft/{rest:path}", methods=["GET", "POST"], include_in_schema=False)
    async def jft_route(caller: Annotated[Caller, Depends(require(gate, jft))]):
        return {"client_id": caller.client_id, "organisation": caller.organisation, "scheme": caller.scheme}

    @app.api_route("/vkp/{rest:path}", methods=["GET", "POST"], include_in_schema=False)
    async def vkp_route(caller: Annotated[Caller, Depends(require(gate, vkp))]):
        return {"client_id": caller.client_id, "vkp_id": caller.vkp_id, "scheme": caller.scheme}

    @app.exception_handler(Challenge)
    async def refused(_: Request, error: Challenge):
        return JSONResponse({"text": str(error), "code": error.code}, error.status, error.headers)

    return app


@contextlib.contextmanager
def served(app, listener):
    server = PromptServer(uvicorn.Config(app, lifespan="off", log_config=None))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
