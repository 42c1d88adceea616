"""Signs a report (JWS, RFC 7515), so that nobody can change it unseen, and keeps the key that it is signed with."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.jwk import Key

from hub.conformance.report.json_form import canonical
from hub.jose.keys import BadKey, algorithm_of, new_key, private_jwk, private_key, public_jwk, write_secret

TYPE = "knutepunkt-conformance+jws"
_OTHERS = 0o077


class LongRegistry(jws.JWSRegistry):
    """joserfc's rules with room for a whole report, and for an RSA key of 8192 bits in the header."""

    max_header_length = 8_192
    max_payload_length = 64_000_000
    max_signature_length = 1_400


def default_key_path(environment: Mapping[str, str], home: Path) -> Path:
    """Where the key is kept unless somebody says otherwise: among the user's data, never with the project."""
    shared = environment.get("XDG_DATA_HOME")
    return (Path(shared) if shared else home / ".local" / "share") / "knutepunkt" / "conformance.jwk.json"


def signing_key(path: Path) -> Key:
    """The private key (a JWK) in `path`; the first time one is made there, that only its owner may read.

    Raises BadKey when the file holds no private key or others may read it, OSError when it can't be read or made.
    """
    if not path.exists():
        with suppress(FileExistsError):  # another run was first: its key it is
            write_secret(path, private_jwk(new_key("EC")))
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        raise BadKey(f"others may read {path.name}: chmod 600")
    try:
        return private_key(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, AttributeError) as error:
        raise BadKey("not a private JWK") from error


def digest(content: bytes) -> str:
    """SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def sign_report(report: Mapping[str, Any], files: Mapping[str, bytes], key: Key) -> str:
    """A JWS by `key` over the report and the digest of every file; its header holds the public key."""
    thumbprint = key.thumbprint()
    public = {name: value for name, value in public_jwk(key).items() if name not in {"kid", "use", "alg"}}
    algorithm = algorithm_of(key)
    header = {"alg": algorithm, "typ": TYPE, "kid": thumbprint, "jwk": public}
    payload = canonical({"report": report, "files": {name: digest(content) for name, content in files.items()}})
    return jws.serialize_compact(header, payload, key, registry=LongRegistry(algorithms=[algorithm]))
