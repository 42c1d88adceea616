"""The service's own signing keys, in one file that every hub process reads, and their rotation without downtime.

The newest key signs. A replaced key stays public until every token that it signed has expired.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import Key

from hub.jose.keys import BadKey, KeyKind, new_key, private_jwk, private_key, public_jwk, public_key, write_secret
from hub.model.errors import ConfigurationError, ConfigurationFault

#: The file's name in the data directory.
KEY_FILE = "token-service-keys.json"
#: Longer than any token lives (`Client.access_token_lifetime_s` is at most a day), with room for clocks.
KEEP_RETIRED_S = 86_400 + 600


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys at one moment: `signing` makes tokens, `published` can verify them, `secret` makes nonces."""

    signing: Key
    published: tuple[Key, ...]
    secret: bytes

    def find(self, key_id: str | None) -> Key | None:
        """The published key called `key_id`."""
        return next((key for key in self.published if key.kid == key_id), None)


class SigningKeys:
    """The keys in `path`, made there at first use. Another process's rotation is seen at the next use."""

    def __init__(self, path: Path, *, kind: KeyKind = "RSA") -> None:
        self._path = path
        self._kind: KeyKind = kind
        self._read: tuple[tuple[int, int], Mapping[str, Any]] | None = None
        self._keys: dict[str, tuple[Key, Key]] = {}

    def ring(self, now: float) -> KeyRing:
        """The keys at `now` (seconds since 1970). Raises ConfigurationError when the file can't be used."""
        content = self._content()
        try:
            rows = [r for r in content["keys"] if r["retired_at"] is None or r["retired_at"] + KEEP_RETIRED_S > now]
            pairs = [self._pair(row["jwk"]) for row in rows]
            secret = base64.b64decode(content["nonce_secret"])
            signing = next(p for p, r in zip(pairs, rows, strict=True) if r["retired_at"] is None)[0]
        except (KeyError, TypeError, ValueError, StopIteration, BadKey) as error:
            raise self._unusable("er ikke en nøkkelfil for tokentjenesten") from error
        return KeyRing(signing, tuple(public for _, public in pairs), secret)

    def rotate(self, now: float) -> str:
        """Make a new signing key, retire the present one at `now`, drop what has expired; the new key's id."""
        content = self._content()
        kept = [
            {"jwk": row["jwk"], "retired_at": now if row["retired_at"] is None else row["retired_at"]}
            for row in content["keys"]
            if row["retired_at"] is None or row["retired_at"] + KEEP_RETIRED_S > now
        ]
        key = new_key(self._kind)
        self._write({**content, "keys": [{"jwk": private_jwk(key), "retired_at": None}, *kept]})
        return str(key.kid)

    async def find(self, key_id: str | None, now: float) -> Sequence[Key]:
        """The public keys that may have signed a token which names `key_id`: a KeySource for our own doors."""
        key = self.ring(now).find(key_id)
        return () if key is None else (key,)

    def _pair(self, jwk: Mapping[str, Any]) -> tuple[Key, Key]:
        known = self._keys.get(jwk["kid"])
        if known is None:
            key = private_key(jwk)
            known = self._keys[jwk["kid"]] = (key, public_key(public_jwk(key)))
        return known

    def _content(self) -> Mapping[str, Any]:
        try:
            stamp = self._stamp()
            if self._read is None or self._read[0] != stamp:
                self._read = (stamp, json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            self._create()
            return self._content()
        except (OSError, ValueError) as error:
            raise self._unusable("kan ikke leses") from error
        return self._read[1]

    def _stamp(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_mtime_ns, status.st_ino

    def _create(self) -> None:
        secret = base64.b64encode(secrets.token_bytes(32)).decode()
        first = {"jwk": private_jwk(new_key(self._kind)), "retired_at": None}
        draft = self._draft({"nonce_secret": secret, "keys": [first]})
        with suppress(FileExistsError):  # another process was first: its keys are the keys
            os.link(draft, self._path)
        draft.unlink()

    def _write(self, content: Mapping[str, Any]) -> None:
        self._draft(content).replace(self._path)

    def _draft(self, content: Mapping[str, Any]) -> Path:
        draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(8)}")
        write_secret(draft, content)
        return draft

    def _unusable(self, text: str) -> ConfigurationError:
        return ConfigurationError([ConfigurationFault(0, str(self._path), text)])
