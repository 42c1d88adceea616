"""Makes what the containers need before they start: `python deploy/prepare.py --config FILE --keys DIR --data DIR`.

A password for each who signs in to Mosquitto, the key to the hub's operations, and the simulated EPJs' configuration.
All is made once and kept, so that a second start changes nothing; delete a file to have it made anew.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from hub.plugins import EPJ_ADAPTERS, discover
from hub.settings import MunicipalitySettings, Settings, load

#: Who signs in besides the senders: the hub, the device simulator, and the broker's health check.
SERVANTS = ("knutepunkt", "simulator", "health")
_ROUNDS = 101
_HUB = "http://hub:8000"
_ADMIN_OFFSET = 100


def main() -> None:
    """Read the arguments and make what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="knutepunkt.toml")
    parser.add_argument("--keys", type=Path, required=True, help="the folder that the containers share for reading")
    parser.add_argument("--data", type=Path, required=True, help="the hub's data folder")
    parser.add_argument("--hub", default=_HUB, help="the hub's address as the EPJs see it")
    given = parser.parse_args()
    prepare(load(given.config, adapters=discover(EPJ_ADAPTERS)), keys=given.keys, data=given.data, hub=given.hub)


def prepare(settings: Settings, *, keys: Path, data: Path, hub: str) -> None:
    """Make what is missing in `keys` and `data` for `settings`."""
    users = {user: kept(keys / user) for user in (*SERVANTS, *(sender.id for sender in settings.sender))}
    write(keys / "mosquitto.passwords", "".join(f"{user}:{hashed(word)}\n" for user, word in users.items()))
    token = kept(data / "operations.token")
    for municipality in settings.municipality:
        epj = {"epjs": [epj_of(municipality, hub=hub, token=token)]}
        write(keys / f"epj-{municipality.epj.adapter}.json", json.dumps(epj, indent=2))


def kept(file: Path) -> str:
    """The secret in `file`, made the first time."""
    if not file.exists():
        write(file, secrets.token_hex(24))
    return file.read_text(encoding="utf-8")


def write(file: Path, text: str) -> None:
    """Write `text` whole or not at all, for the owner and its group only."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.touch(mode=0o640)
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def hashed(password: str) -> str:
    """`password` as Mosquitto keeps it: PBKDF2 with SHA-512 and a salt of its own."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def epj_of(municipality: MunicipalitySettings, *, hub: str, token: str) -> dict[str, object]:
    """The simulated EPJ that answers at the address which the configuration gives a municipality's EPJ."""
    port = urlsplit(municipality.epj.url or "").port or 0
    number = municipality.organisation_number
    made: dict[str, object] = {
        "organisation_number": number,
        "adapter": municipality.epj.adapter,
        "store": "/data/epj.sqlite",
        "host": "0.0.0.0",  # noqa: S104  # inside a container, on a network of its own
        "port": port,
        "admin_port": port + _ADMIN_OFFSET,
    }
    if municipality.epj.adapter == "pull":
        made |= {"hub_url": f"{hub}/pull/{number}", "headers": {"Authorization": f"Bearer {token}"}}
    return made


if __name__ == "__main__":
    main()
