"""New ids: time-ordered, so that the store's indexes grow at their end (RFC 9562, version 7)."""

from __future__ import annotations

import secrets
import time

from hub.model.versions import VERSION_BITS


class CaseIds:
    """Makes ids for cases: `next` gives a UUID of version 7, greater than the last one of this process.

    Its last 16 bits are zero: they number versions (`hub.model.versions`). 46 random bits a microsecond remain.
    """

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        """A new id, 36 characters."""
        stamp = max(time.time_ns() // 1_000, self._last + 1)
        self._last = stamp
        milliseconds, fraction = divmod(stamp, 1_000)
        chance = secrets.randbits(62 - VERSION_BITS) << VERSION_BITS
        value = milliseconds << 80 | 0x7 << 76 | (fraction * 4096 // 1000) << 64 | 0b10 << 62 | chance
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
