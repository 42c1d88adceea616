"""Test mode's ready-made clients of the token service: one for whoever tries the hub, one for each EPJ that fetches.

Their private keys are in files of the data directory, for the owner's eyes only; the configuration gets the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.app.addresses import addresses
from hub.model.client import Client
from hub.model.versions import CONTENT_SYSTEM, JOURNAL_NOTE
from hub.settings import Settings
from hub.token_service import TEST_KEY_FILE, known_clients, make_test_client

TEST_CLIENT = "test-client"
_WRITES = ("bundle", "encounter", "communication", "medicationdispense", "composition")
_READS = (
    "patient",
    "episodeofcare",
    "careplan",
    "composition",
    "condition",
    "medicationstatement",
    "allergyintolerance",
)
JFT_SCOPE = "nhn:jft/api"


@dataclass(frozen=True, slots=True)
class TestClients:
    """The settings with the clients in them, what `endpoints.json` tells of the test client, and the EPJs' keys."""

    __test__ = False  # not a test, for all its name

    settings: Settings
    told: dict[str, Any]
    epj_keys: dict[str, Path]


def with_test_clients(settings: Settings, directory: Path, pulling: Iterable[str]) -> TestClients:
    """Make, or find again in `directory`, the clients of test mode; none where the doors trust another issuer.

    The test client speaks for the first municipality whose EPJ doesn't fetch for itself, and is its first sender.
    Raises ConfigurationError with every configured client's key that can't be used.
    """
    known_clients(settings.client)
    fetching = set(pulling)
    if settings.mode != "test" or settings.token_service.issuer is not None:
        return TestClients(settings, {}, {})
    sender = min(settings.sender, key=lambda s: s.municipality in fetching)
    test = make_test_client(
        directory,
        client_id=_free(TEST_CLIENT, settings),
        organisation_number=sender.municipality,
        scopes=test_scopes(settings),
        vkp_id=sender.id,
    )
    epjs = {number: _epj_client(settings, directory, number) for number in sorted(fetching)}
    told = {
        "client_id": test.client_id,
        "private_jwk": str(directory / TEST_KEY_FILE),
        "organisation_number": sender.municipality,
        "scopes": list(test.scopes),
    }
    known = settings.model_copy(update={"client": (*settings.client, test, *epjs.values())})
    return TestClients(known, {"test_client": told}, {n: _epj_directory(directory, n) / TEST_KEY_FILE for n in epjs})


def epj_polling(clients: TestClients, http: str, number: str) -> dict[str, Any]:
    """How the simulated EPJ of a municipality reaches its notes: JFT, signed in as itself.

    Where the doors trust another issuer, it has no client there, and uses the hub's own simple door.
    """
    key = clients.epj_keys.get(number)
    if key is None:
        return {"hub_url": f"{http}/pull/{number}"}
    at = addresses(http)
    return {
        "hub_url": at["jft_read"],
        "query": {"_tag": f"{CONTENT_SYSTEM}|{JOURNAL_NOTE}"},
        "sign_in": {"issuer": at["token_service"], "client_id": epj_client_id(number), "private_jwk": str(key)},
    }


def epj_client_id(number: str) -> str:
    """The id of the simulated EPJ's own client."""
    return f"simulated-epj-{number}"


def _epj_client(settings: Settings, directory: Path, number: str) -> Client:
    return make_test_client(
        _epj_directory(directory, number),
        client_id=_free(epj_client_id(number), settings),
        organisation_number=number,
        scopes=(JFT_SCOPE,),
        kind="EC",
    )


def _epj_directory(directory: Path, number: str) -> Path:
    return directory / f"epj-{number}"


def test_scopes(settings: Settings) -> tuple[str, ...]:
    """Everything that the test client may ask for."""
    vkp = [f"nhn:vkp/api/user/{name}.write" for name in _WRITES] + [f"nhn:vkp/api/user/{name}.read" for name in _READS]
    return (JFT_SCOPE, "nhn:pit/api.read", "nhn:pit/api.write", settings.pmd.scope, *vkp)


def _free(wish: str, settings: Settings) -> str:
    """`wish`, or something like it that no configured client is called."""
    taken = {client.client_id for client in settings.client}
    while wish in taken:
        wish += "-2"
    return wish
