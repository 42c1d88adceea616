"""PMD: a patient's measurements, found by a search and written in a Bundle."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from connectors.reading.asking import Asker, Pairs, form, posted
from connectors.reading.searchset import Page, Resource, everything, read_json
from connectors.reading.written import token, written
from hub.fhir import verbatim
from hub.model.errors import OutcomeUnknown
from hub.model.person import PatientRef

MUNICIPALITY_NUMBER = "https://register.geonorge.no/sosi-kodelister/inndelinger/inndelingsbase/kommunenummer"
BUNDLE_IDENTIFIER = "https://www.nhn.no/komlink/bundle-identifier"
_NAMESPACE = uuid.UUID("0b5f5b0e-2f0c-5f52-9c33-5c1d0a5a8f21")
BundleType = Literal["collection", "batch"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of one measurement: the HTTP status that it would have had alone, and the API's word for it."""

    status: int
    outcome: Resource | None = None

    @property
    def is_kept(self) -> bool:
        """Whether the API has it."""
        return 200 <= self.status < 300


class PmdClient:
    """PMD at `base`. `bundle_type` is `collection` as the portal says, or `batch` as the draft guide says."""

    def __init__(self, base: str, asker: Asker, *, bundle_type: BundleType = "collection") -> None:
        self._base = base.rstrip("/")
        self._asker = asker
        self._type = bundle_type

    async def measurements(
        self,
        who: PatientRef,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        codes: Sequence[str] = (),
    ) -> Page:
        """The patient's measurements between `since` and `until`, with one of `codes` (`system|code`) where given."""
        asked: Pairs = [("patient.identifier", token(who))]
        if since is not None:
            asked.append(("date", f"ge{written(since)}"))
        if until is not None:
            asked.append(("date", f"le{written(until)}"))
        if codes:
            asked.append(("code", ",".join(codes)))
        return await everything(self._asker, form(f"{self._base}/Observation/_search", asked))

    async def write(self, observations: Sequence[Mapping[str, Any]], *, municipality_number: str) -> list[Measured]:
        """Submit measurements; what became of each, in their order. The same ones make the same Bundle again.

        `municipality_number` has four digits. Raises ValueError on what is no Observation, and as `Asker.write`.
        """
        bundle = measured_bundle(observations, municipality_number=municipality_number, bundle_type=self._type)
        said = read_json(await self._asker.write(posted(f"{self._base}/", verbatim.dumps(bundle))))
        entries = said.get("entry")
        if not isinstance(entries, list) or len(entries) != len(observations):
            raise OutcomeUnknown("the answer doesn't say what became of each measurement")
        return [_measured(entry) for entry in entries]


def measured_bundle(
    observations: Sequence[Mapping[str, Any]], *, municipality_number: str, bundle_type: BundleType
) -> Resource:
    """The Bundle of `observations`. Pure."""
    if not observations or any(one.get("resourceType") != "Observation" for one in observations):
        raise ValueError("PMD takes Observations, at least one")
    entries = [_entry(verbatim.dumps(dict(one)), dict(one), bundle_type) for one in observations]
    whole = "/".join(entry["fullUrl"] for entry in entries)
    return {
        "resourceType": "Bundle",
        "meta": {"tag": [{"system": MUNICIPALITY_NUMBER, "code": municipality_number}]},
        "identifier": {"system": BUNDLE_IDENTIFIER, "value": str(uuid.uuid5(_NAMESPACE, whole))},
        "type": bundle_type,
        "entry": entries,
    }


def _entry(raw: bytes, observation: Resource, bundle_type: BundleType) -> Resource:
    number = uuid.uuid5(_NAMESPACE, hashlib.sha256(raw).hexdigest())
    entry = {"fullUrl": f"urn:uuid:{number}", "resource": observation}
    if bundle_type == "batch":
        entry["request"] = {"method": "POST", "url": "Observation"}
    return entry


def _measured(entry: Any) -> Measured:
    response = entry.get("response") if isinstance(entry, dict) else None
    status = str(response.get("status", "")) if isinstance(response, dict) else ""
    if not status[:3].isdigit():
        raise OutcomeUnknown("the answer doesn't say what became of each measurement")
    return Measured(int(status[:3]), response.get("outcome") if isinstance(response, dict) else None)
