"""A session's surroundings as a connector's settings: what `connector.toml` would say, with its files beside it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pydantic import ValidationError

from connectors.settings import ApiSettings, ConnectorSettings, HelseIdSettings, MqttSettings, TlsSettings
from connectors.testing.driving import HelseIdAccess, Surroundings, TlsFiles, Way
from connectors.vendor import VendorConnector


class UnusableSurroundings(ValueError):
    """The surroundings can't be used. The text names what is wrong with them and repeats nothing of them."""


def settings_of(
    surroundings: Surroundings, kind: type[VendorConnector], *, folder: Path, way: Way | None = None
) -> ConnectorSettings:
    """The settings of a connector `kind` in `surroundings`, by its way or by `way`; keys and passwords go to `folder`.

    The MQTT client's id is the session's own, since many sessions may share a broker and a sender. Raises
    UnusableSurroundings.
    """
    way = way or surroundings.way
    address = {"mqtt": surroundings.mqtt, "vkp": surroundings.vkp, "jft": surroundings.jft}[way]
    if address is None:
        raise UnusableSurroundings(f"{way}: lacks an address")
    try:
        return ConnectorSettings(
            municipality=surroundings.municipality,
            sender=surroundings.sender,
            transport=way,
            hub=address,
            spool=folder / "spool.db",
            service_codes=surroundings.service_codes or kind.service_codes,
            timeout_s=surroundings.timeout_s,
            mqtt=_mqtt(surroundings, folder),
            tls=_tls(surroundings.tls, folder) if surroundings.tls else None,
            helseid=_helseid(surroundings.helseid, folder) if surroundings.helseid else None,
        )
    except ValidationError as e:
        raise UnusableSurroundings(faults(e)) from e


def api_settings_of(surroundings: Surroundings, kind: type[VendorConnector], *, folder: Path) -> ConnectorSettings:
    """The settings of an API client `kind` in `surroundings`; the key goes to `folder`. Raises UnusableSurroundings."""
    apis = {name: getattr(surroundings, name) for name in ("vkp", "jft", "pit", "pmd")}
    try:
        at = ApiSettings(**apis)
    except ValidationError as e:
        raise UnusableSurroundings(faults(e)) from e
    given = [address for address in apis.values() if address]
    if not given:
        raise UnusableSurroundings("vkp, jft, pit, pmd: lacks an address")
    # A client sends nothing, so the way that settings must have may be any.
    told = surroundings.model_copy(update={"vkp": given[0]})
    return settings_of(told, kind, folder=folder, way="vkp").model_copy(update={"apis": at})


def faults(error: ValidationError) -> str:
    """Where the faults are, and of which kind, without what was said."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['type']}" for fault in found)


def _mqtt(surroundings: Surroundings, folder: Path) -> MqttSettings:
    password = surroundings.mqtt_password
    return MqttSettings(
        version=surroundings.mqtt_version,
        client_id=f"{surroundings.sender}-{hashlib.sha256(folder.name.encode()).hexdigest()[:12]}",
        username=surroundings.mqtt_username,
        password_file=_kept(folder / "mqtt.password", password) if password is not None else None,
    )


def _tls(files: TlsFiles, folder: Path) -> TlsSettings:
    return TlsSettings(
        ca=_kept(folder / "ca.pem", files.ca) if files.ca else None,
        certificate=_kept(folder / "client.pem", files.certificate) if files.certificate else None,
        key=_kept(folder / "client.key", files.key) if files.key else None,
    )


def _helseid(access: HelseIdAccess, folder: Path) -> HelseIdSettings:
    return HelseIdSettings(
        issuer=access.issuer,
        client_id=access.client_id,
        key_file=_kept(folder / "client.jwk.json", json.dumps(dict(access.private_jwk))),
        scopes=access.scopes,
    )


def _kept(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path
