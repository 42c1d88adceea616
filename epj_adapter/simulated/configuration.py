"""Which simulated EPJs to run: read from a JSON file, every fault named.

The file is a list of EPJs, or an object with `epjs` (such a list) and `ready_file`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from hub.model.errors import ConfigurationError, ConfigurationFault

ADAPTERS = ("fhir_rest", "journal_rest", "pull")


@dataclass(frozen=True, slots=True)
class EpjConfiguration:
    """One simulated EPJ. Ports of 0 are any free ones; `socket` and `admin_socket` are the file
    descriptors of listening sockets that were inherited. `host` is the address to listen on.

    `hub_url`, `poll_s` (seconds between polls), `query`, and `headers` or `sign_in` (issuer, client_id, private_jwk)
    serve the `pull` kind only.
    """

    organisation_number: str
    adapter: str
    store: Path
    port: int = 0
    admin_port: int = 0
    host: str = "127.0.0.1"
    socket: int | None = None
    admin_socket: int | None = None
    name: str = ""
    hub_url: str = ""
    poll_s: float = 0.5
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    sign_in: Mapping[str, str] | None = None


def read(path: Path) -> tuple[list[EpjConfiguration], Path | None]:
    """The EPJs in the file, and its ready file if it names one. Raises ConfigurationError with all that is wrong."""
    try:
        content = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ConfigurationError([ConfigurationFault(0, str(path), f"kan ikke leses: {error}")]) from error
    ready = content.get("ready_file") if isinstance(content, dict) else None
    return _listed(path, content.get("epjs") if isinstance(content, dict) else content), Path(ready) if ready else None


def _listed(path: Path, listed: Any) -> list[EpjConfiguration]:
    if not isinstance(listed, list):
        raise ConfigurationError([ConfigurationFault(0, str(path), "må være en liste")])
    faults = [fault for place, one in enumerate(listed) for fault in _faults(place, one)]
    numbers = [one.get("organisation_number") for one in listed if isinstance(one, dict)]
    twice = {n for n in numbers if numbers.count(n) > 1}
    faults += [ConfigurationFault(0, "organisation_number", f"{n} står flere ganger") for n in sorted(map(str, twice))]
    if faults:
        raise ConfigurationError(faults)
    return [_one(one) for one in listed]


def _faults(place: int, one: Any) -> list[ConfigurationFault]:
    if not isinstance(one, dict):
        return [ConfigurationFault(0, f"[{place}]", "må være et objekt")]
    found = [
        ConfigurationFault(0, f"[{place}].{key}", "mangler")
        for key in ("organisation_number", "adapter", "store")
        if not isinstance(one.get(key), str)
    ]
    found += [
        ConfigurationFault(0, f"[{place}].{key}", "ukjent nøkkel")
        for key in sorted(one.keys() - EpjConfiguration.__dataclass_fields__.keys())
    ]
    if one.get("adapter") not in ADAPTERS:
        found.append(ConfigurationFault(0, f"[{place}].adapter", f"må være en av {', '.join(ADAPTERS)}"))
    if one.get("adapter") == "pull" and not one.get("hub_url"):
        found.append(ConfigurationFault(0, f"[{place}].hub_url", "mangler; pull trenger hubens adresse"))
    return found


def _one(one: dict[str, Any]) -> EpjConfiguration:
    given = {key: value for key, value in one.items() if value is not None}
    return EpjConfiguration(**{**given, "store": Path(one["store"])})
