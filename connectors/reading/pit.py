"""PIT: the patients that a municipality tells those of who help them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from connectors.reading.asking import Asker, Pairs, posted, query
from connectors.reading.searchset import Resource, pages
from connectors.reading.written import as_given
from hub.fhir import verbatim

MOST_ON_A_PAGE = 50
#: PIT takes no more: "about 900 KB".
MAX_BYTES = 900 * 1024


class PitClient:
    """PIT at `base`."""

    def __init__(self, base: str, asker: Asker) -> None:
        self._address = f"{base.rstrip('/')}/v1/Patient"
        self._asker = asker

    async def patients(
        self, *, since: str | datetime | None = None, count: int | None = None
    ) -> AsyncIterator[Resource]:
        """The patients that were changed after `since`, oldest change first, `count` (1 to 50) on a page.

        Give `since` as the API gave it in `meta.lastUpdated`. Raises ValueError, and as `pages` does.
        """
        asked: Pairs = []
        if since is not None:
            asked.append(("_lastUpdated", f"gt{as_given(since)}"))
        if count is not None:
            if not 1 <= count <= MOST_ON_A_PAGE:
                raise ValueError(f"a page has from 1 to {MOST_ON_A_PAGE} patients")
            asked.append(("_count", str(count)))
        async for page in pages(self._asker, query(self._address, asked)):
            for resource in page.found:
                yield resource

    async def write(self, patient: Mapping[str, Any]) -> None:
        """Submit a patient, who replaces what was known of the same person. Raises ValueError when it is too large."""
        body = verbatim.dumps(dict(patient))
        if len(body) > MAX_BYTES:
            raise ValueError(f"a patient has at most {MAX_BYTES} bytes")
        await self._asker.write(posted(self._address, body))
