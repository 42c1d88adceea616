"""Remarks on an accepted message, kept beside it as JSON."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from hub.model.finding import Finding


def remarks_as_json(remarks: Sequence[Finding]) -> str | None:
    """`remarks` as JSON text, or None where there are none."""
    return orjson.dumps(list(remarks)).decode() if remarks else None
