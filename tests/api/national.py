"""A hub with its national doors and token service, behind real HTTP on the loopback address, on a store of its own."""

import asyncio
import contextlib
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import uvicorn
from fastapi import FastAPI

from hub.app.default_register import fill_default_register
from hub.app.ids import CaseIds
from hub.app.national import NationalParts, add_national_doors
from hub.app.parts import _usage_of
from hub.app.test_clients import with_test_clients
from hub.ingest.accepting import Ingest, Rules
from hub.ingest.admission import admission
from hub.model.clock import SystemClock
from hub.model.event import Inbound
from hub.plugins import EPJ_ADAPTERS, discover
from hub.routing import routing_table
from hub.settings import Settings, parse
from hub.store.engine import Engines, open_engines
from hub.store.ledger import usage_records
from hub.store.replay import UsedTokens
from hub.token_service import KEY_FILE, TEST_KEY_FILE, SigningKeys, make_test_client
from tests.serving import PromptServer
from tests.token_service.tiny_client import TinyClient, key_in

ORGANISATION = "314159265"
PULLING = "312229544"
SENDER = "Acme_Alarm_Testvik"
CONFIGURATION = """
mode = "test"

[[municipality]]
organisation_number = "314159265"
name = "Testvik"
epj = { adapter = "fhir_rest" }

[[municipality]]
organisation_number = "312229544"
name = "Henteby"
epj = { adapter = "pull" }

[[sender]]
id = "Acme_Alarm_Testvik"
municipality = "314159265"
service_codes = ["ta", "md", "dt", "gps", "dho"]

[[sender]]
id = "Acme_Alarm_Henteby"
municipality = "312229544"

[routing]
alert = "epj"
"""


#: What takes long to make is made once and given to every hub of the run: keys, and an empty store.
_PREPARED: dict[str, bytes] = {}
_STORE = "store.sqlite"


async def prepare(directory):
    """Keys and an empty store in `directory`, as a hub would make them; elliptic-curve keys, which are quick to use."""
    if not _PREPARED:
        SigningKeys(directory / KEY_FILE, kind="EC").ring(0)
        make_test_client(directory, client_id="x", organisation_number=ORGANISATION, scopes=("x",), kind="EC")
        await (await open_engines(directory / _STORE)).aclose()
        _PREPARED.update({name: (directory / name).read_bytes() for name in (KEY_FILE, TEST_KEY_FILE, _STORE)})
    for name, content in _PREPARED.items():
        if not (directory / name).exists():
            (directory / name).write_bytes(content)


class MovedClock(SystemClock):
    """The machine's time for tokens; the hub's day stands still at `at` when it is set."""

    def __init__(self, at=None):
        self.at = at

    def now(self):
        return self.at or datetime.now(UTC)


@dataclass
class National:
    http: str
    settings: Settings
    engines: Engines
    ingest: Ingest
    app: FastAPI
    parts: NationalParts
    told: dict[str, Any]
    keys: dict[str, Any]
    clock: MovedClock
    commit: asyncio.Task | None = field(default=None)

    @property
    def issuer(self):
        return f"{self.http}/helseid"

    def client(self, session, client_id="test-client"):
        return TinyClient(session, self.issuer, client_id, self.keys[client_id])

    async def usage(self):
        async with self.engines.reading() as connection:
            return [record async for record in usage_records(connection)]

    async def publish(self, payload, *, municipality=ORGANISATION, sender=SENDER):
        """Take `payload` in as if it came by MQTT."""
        return await self.ingest.submit(Inbound("mqtt", municipality, sender, "d-1", payload, self.clock.now()))


@contextlib.asynccontextmanager
async def national_at(directory, configuration=CONFIGURATION, *, clients=(), commits=True, store=None):
    """The doors. `clients` are (Client, key) besides the test client; `store` is another than a fresh SQLite file.

    Without `commits` nothing that is taken in is ever committed.
    """
    adapters = discover(EPJ_ADAPTERS)
    settings = parse(configuration, adapters=adapters)
    settings = settings.model_copy(update={"client": (*settings.client, *(client for client, _ in clients))})
    await prepare(directory)
    pulling = [m.organisation_number for m in settings.municipality if adapters[m.epj.adapter].pulls]
    made = with_test_clients(settings, directory, pulling)
    clock = MovedClock()
    engines = await open_engines(store or directory / _STORE)
    replay = UsedTokens(engines, clock)
    rules = Rules(settings.mode, admission(settings), routing_table(settings))
    ids = CaseIds()
    ingest = Ingest(engines, rules, clock, new_id=ids.next, on_wants=lambda wants: None)
    keys = {client.client_id: key for client, key in clients}
    keys |= {f"simulated-epj-{number}": key_in(path) for number, path in made.epj_keys.items()}
    if made.told:
        keys["test-client"] = key_in(directory / "test-client.jwk.json")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        http = f"http://127.0.0.1:{listener.getsockname()[1]}"
        parts = NationalParts(
            settings=made.settings,
            engines=engines,
            ingest=ingest,
            clock=clock,
            replay=replay,
            data_directory=directory,
            http=http,
            pulling=frozenset(pulling),
            document=adapters["pull"].document,
            usage_of=_usage_of(b"k" * 32),
            new_id=ids.next,
        )
        app = FastAPI()
        close = add_national_doors(app, parts)
        await fill_default_register(engines, made.settings)
        work = [asyncio.create_task(replay.run())]
        if commits:
            work.append(asyncio.create_task(ingest.run()))
        server = PromptServer(uvicorn.Config(app, lifespan="off", log_config=None))
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110  # uvicorn tells by a flag only
            await asyncio.sleep(0.005)
        try:
            yield National(http, made.settings, engines, ingest, app, parts, made.told, keys, clock, work[-1])
        finally:
            server.should_exit = True
            await serving
            await close()
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await engines.aclose()


@dataclass
class Api:
    """Calls one API with the right kind of token for it; every call gets a proof of its own where DPoP is used."""

    world: National
    session: Any
    client: TinyClient
    token: str
    scheme: str = "DPoP"

    async def __call__(self, method, path, *, headers=None, **more):
        url = path if path.startswith("http") else f"{self.world.http}{path}"
        given = {"Authorization": f"{self.scheme} {self.token}", **(headers or {})}
        if self.scheme == "DPoP":
            given["DPoP"] = self.client.proof(method, url.partition("?")[0], token=self.token)
        async with self.session.request(method, url, headers=given, **more) as answer:
            body = await answer.read()
            return Answer(answer.status, answer.headers.copy(), body)


@dataclass
class Answer:
    status: int
    headers: Any
    raw: bytes

    @property
    def json(self):
        import orjson

        return orjson.loads(self.raw)

    @property
    def resources(self):
        return [entry["resource"] for entry in self.json.get("entry", [])]

    @property
    def code(self):
        """The operation-outcome code of the first error."""
        system = "http://ehelse.no/fhir/CodeSystem/vkp-operation-outcome-v090"
        for issue in self.json["issue"]:
            if issue["severity"] == "error":
                for coding in issue["details"]["coding"]:
                    if coding["system"] == system:
                        return coding["code"]
        return None


async def dpop_api(world, session, scope="nhn:jft/api", client_id="test-client"):
    client = world.client(session, client_id)
    return Api(world, session, client, (await client.bound(scope))["access_token"])


async def bearer_api(world, session, scope=None, client_id="test-client"):
    client = world.client(session, client_id)
    if scope is None:
        made = next(c for c in world.settings.client if c.client_id == client_id)
        scope = " ".join(s for s in made.scopes if s.startswith("nhn:vkp"))
    return Api(world, session, client, (await client.bearer(scope))["access_token"], "Bearer")
