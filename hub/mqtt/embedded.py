"""The embedded broker: the NATS server with JetStream, speaking MQTT 3.1.1.

What it has confirmed lies in its files before the confirmation goes out, so it survives that everything is killed.
"""

from __future__ import annotations

import json
import shutil
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.model.errors import ConfigurationError, ConfigurationFault

#: Larger than what the hub takes in, so that a message over its limit gets the hub's receipt and not a cut line.
_MAX_PAYLOAD = 8 * 1024 * 1024
_ACK_WAIT = "5s"
_MAX_UNACKNOWLEDGED = 2048
#: Each subscription of a session that lasts is a consumer; the server's own limit is 1,000 of them for all together.
_MOST_SUBSCRIPTIONS = 1_000_000
HUB_USER = "knutepunkt"


@dataclass(frozen=True, slots=True)
class Login:
    """A sender that signs in: its name, its bcrypt hash, and the municipality that its topics lie under.

    A response centre also reads the alerts and confirms them.
    """

    sender: str
    municipality: str
    password_hash: str
    is_response_centre: bool = False


@dataclass(frozen=True, slots=True)
class EmbeddedBroker:
    """How to run the broker: where it listens and keeps its files.

    `logins` None lets anybody in, which is for tests on the loopback address only. Otherwise senders sign in and may
    use their own topics, the hub signs in as `knutepunkt` with `hub_password`.
    """

    host: str
    port: int
    directory: Path
    logins: Sequence[Login] | None = None
    hub_password: str | None = None
    certificate: Path | None = None
    key: Path | None = None

    def command(self) -> list[str]:
        """Write the broker's configuration and return the command that runs it."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.directory / "broker.conf"
        file.touch(mode=0o600)
        file.write_text(self.configuration(), encoding="utf-8")
        return [str(server_program()), "-c", str(file)]

    def configuration(self) -> str:
        """The broker's configuration file."""
        lines = [
            'server_name: "knutepunkt"',
            'listen: "127.0.0.1:-1"',
            f"max_payload: {_MAX_PAYLOAD}",
            "jetstream {",
            f"  store_dir: {_quoted(str(self.directory))}",
            f"  limits {{ default_max_consumers: {_MOST_SUBSCRIPTIONS} }}",
            "}",
            "mqtt {",
            f'  listen: "{self.host}:{self.port}"',
            f'  ack_wait: "{_ACK_WAIT}"',
            f"  max_ack_pending: {_MAX_UNACKNOWLEDGED}",
            *self._tls(),
            "}",
            *self._accounts(),
        ]
        return "\n".join(lines) + "\n"

    def _tls(self) -> list[str]:
        if self.certificate is None or self.key is None:
            return []
        return [f"  tls {{ cert_file: {_quoted(str(self.certificate))}, key_file: {_quoted(str(self.key))} }}"]

    def _accounts(self) -> list[str]:
        if self.logins is None:
            return []
        users: list[dict[str, Any]] = [{"user": HUB_USER, "password": self.hub_password}]
        users += [_user(login) for login in self.logins]
        return ["authorization {", f"  users: {_quoted(users)}", "}"]


def _user(login: Login) -> dict[str, Any]:
    """May speak below its trees and listen to them; `tree/#` in MQTT is the tree's own topic, too."""
    trees = [f"vft.{login.municipality}.{_subject(login.sender)}"]
    if login.is_response_centre:
        trees.append(f"vft.{login.municipality}.response-centre")
    below = [f"{tree}.>" for tree in trees]
    return {
        "user": login.sender,
        "password": login.password_hash,
        "permissions": {"publish": below, "subscribe": [*trees, *below, "$MQTT.sub.>"]},
    }


def _quoted(value: object) -> str:
    """`value` as the server reads it: JSON, but with letters as they are, for it knows no `u` escapes."""
    return json.dumps(value, ensure_ascii=False)


def _subject(segment: str) -> str:
    """A topic's segment as NATS writes it: a full stop inside is doubled into two slashes."""
    return segment.replace(".", "//")


def server_program() -> Path:
    """The server that came with the installation. Raises ConfigurationError when there is none."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise ConfigurationError(
            [ConfigurationFault(0, "mqtt", "nats-server mangler; installer avhengighetene på nytt")]
        )
    return Path(found)
