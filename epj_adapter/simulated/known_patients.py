"""Which patients a simulated EPJ knows: everybody, unless it is told otherwise. Kept with its notes."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from epj_adapter.simulated.store import Store
from hub.model.person import PatientRef

_SETTING = "patients"


class KnownPatients:
    """The patients that are known: all but `unknown`, or only `known` where such a list is given.

    `changes` counts how often that was changed.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.changes = 0
        kept = orjson.loads(store.setting(_SETTING) or b"{}")
        self._known = _refs(kept["known"]) if kept.get("known") is not None else None
        self._unknown = _refs(kept.get("unknown", ()))

    def __contains__(self, patient: PatientRef) -> bool:
        """Whether the EPJ knows the patient."""
        return patient not in self._unknown and (self._known is None or patient in self._known)

    async def change(self, *, known: Iterable[PatientRef] | None, unknown: Iterable[PatientRef]) -> None:
        """Know only `known` (None: everybody) and not `unknown`, from now on and after a restart."""
        self._known = None if known is None else frozenset(known)
        self._unknown = frozenset(unknown)
        self.changes += 1
        await self._store.set(_SETTING, self.written().decode())

    def written(self) -> bytes:
        """The setting as JSON."""
        known = None if self._known is None else [{"system": p.system, "value": p.value} for p in sorted(self._known)]
        unknown = [{"system": p.system, "value": p.value} for p in sorted(self._unknown)]
        return orjson.dumps({"known": known, "unknown": unknown})


def _refs(listed: Iterable[dict[str, str]]) -> frozenset[PatientRef]:
    return frozenset(PatientRef(p.get("system", ""), p["value"]) for p in listed)
