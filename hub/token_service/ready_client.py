"""The client that test mode has ready: its key in a file of the data directory, the rest as configuration."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from hub.jose.keys import KeyKind, new_key, private_jwk, private_key, public_jwk, write_secret
from hub.model.client import Client

#: The file's name in the data directory; `endpoints.json` gives its absolute path as `private_jwk`.
TEST_KEY_FILE = "test-client.jwk.json"


def make_test_client(
    directory: Path,
    *,
    client_id: str,
    organisation_number: str,
    scopes: tuple[str, ...],
    vkp_id: str | None = None,
    kind: KeyKind = "RSA",
) -> Client:
    """A client whose private key is in `directory`'s TEST_KEY_FILE (mode 0600): made now, or the one found there."""
    path = directory / TEST_KEY_FILE
    if not path.exists():
        with suppress(FileExistsError):
            write_secret(path, private_jwk(new_key(kind)))
    key = private_key(json.loads(path.read_text(encoding="utf-8")))
    return Client(
        client_id=client_id,
        name=f"Testklient {client_id}",
        jwks=(public_jwk(key),),
        scopes=scopes,
        organisation_number=organisation_number,
        vkp_id=vkp_id,
    )
