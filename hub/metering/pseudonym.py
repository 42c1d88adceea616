"""Pseudonyms: who two usage records have in common, without anybody being named.

A keyed hash (HMAC-SHA-256) can't be reversed or guessed by trying every identity number as long as the key
is secret; a plain hash could be, in minutes. Each hub has a key of its own, so pseudonyms don't meet across hubs.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from hashlib import sha256

from hub.model.person import PatientRef

KEY_BYTES = 32
_KEPT_BYTES = 20


def new_key() -> bytes:
    """A fresh secret key of 256 bits. Keep it with the ledger: a new key gives every patient a new pseudonym."""
    return secrets.token_bytes(KEY_BYTES)


def pseudonym(key: bytes, patient: PatientRef) -> str:
    """The same 32 letters and digits for the same patient under the same key: 160 bits in lower-case base32.

    System and value are hashed with their lengths, so that no two pairs can be written alike. Raises ValueError
    on a key of under 16 bytes.
    """
    if len(key) < 16:
        raise ValueError("a pseudonym key needs at least 16 bytes")
    system, value = patient.system.encode(), patient.value.encode()
    message = len(system).to_bytes(4, "big") + system + value
    digest = hmac.digest(key, message, sha256)
    return base64.b32encode(digest[:_KEPT_BYTES]).decode().lower()
