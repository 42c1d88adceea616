"""VKP's look-ups: a patient, and what the municipality's journal knows that a response centre needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connectors.reading.asking import Asker, Pairs, form
from connectors.reading.searchset import Page, everything
from connectors.reading.written import token, written
from hub.model.person import PatientRef

#: Look-ups whose parameter for the patient is `identifier`; the others' is `patient.identifier`.
_BY_IDENTIFIER = frozenset({"patient", "allergyintolerance"})
_WITH_PERIOD = frozenset({"careplan", "composition"})
_WITHOUT_PATIENT = frozenset({"patient", "episodeofcare"})
LOOKUPS = (
    "patient",
    "episodeofcare",
    "careplan",
    "composition",
    "condition",
    "medicationstatement",
    "allergyintolerance",
)


class VkpReader:
    """VKP R4 at `base` for one municipality, asked on the services in `service_codes` (such as `ta`, `gps`).

    `AccessDenied` with code `1.3` says that the patient has no active service among them.
    """

    def __init__(self, base: str, asker: Asker, *, municipality: str, service_codes: Sequence[str]) -> None:
        self._base = f"{base.rstrip('/')}/epj/r4/{municipality}"
        self._asker = asker
        self._headers = {"ServiceCodes": ",".join(service_codes)}

    async def patients(self, who: PatientRef | None = None) -> Page:
        """The patient `who` with address, lock and household; without it everybody with one of the services."""
        return await self.look_up("patient", who)

    async def episodes(self, who: PatientRef | None = None) -> Page:
        """The services that `who`, or everybody, gets; patients are included."""
        return await self.look_up("episodeofcare", who)

    async def careplans(self, who: PatientRef, *, since: datetime | None = None, until: datetime | None = None) -> Page:
        """The plan of visits from `since` to `until`."""
        return await self.look_up("careplan", who, since=since, until=until)

    async def compositions(
        self, who: PatientRef, *, since: datetime | None = None, until: datetime | None = None
    ) -> Page:
        """The notes dated from `since` to `until`; what came with them is included."""
        return await self.look_up("composition", who, since=since, until=until)

    async def conditions(self, who: PatientRef) -> Page:
        """The patient's conditions."""
        return await self.look_up("condition", who)

    async def medications(self, who: PatientRef) -> Page:
        """The medicines that the patient uses."""
        return await self.look_up("medicationstatement", who)

    async def allergies(self, who: PatientRef) -> Page:
        """The patient's allergies."""
        return await self.look_up("allergyintolerance", who)

    async def look_up(
        self,
        resource: str,
        who: PatientRef | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Page:
        """One of `LOOKUPS` by its name. Raises ValueError on what VKP has no look-up for; else as `Asker.read`."""
        if resource not in LOOKUPS:
            raise ValueError("VKP has no such look-up")
        if who is None and resource not in _WITHOUT_PATIENT:
            raise ValueError(f"{resource} is looked up for one patient")
        if (since or until) and resource not in _WITH_PERIOD:
            raise ValueError(f"{resource} has no period")
        url = f"{self._base}/{resource}/_search"
        return await everything(self._asker, form(url, _parameters(resource, who, since, until), headers=self._headers))


def _parameters(resource: str, who: PatientRef | None, since: datetime | None, until: datetime | None) -> Pairs:
    asked: Pairs = []
    if who is not None:
        asked.append(("identifier" if resource in _BY_IDENTIFIER else "patient.identifier", token(who)))
    if since is not None:
        asked.append(("date", f"ge{written(since)}"))
    if until is not None:
        asked.append(("date", f"le{written(until)}"))
    return asked
