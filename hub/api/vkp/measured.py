"""Measured reads: a look-up on a patient leaves a usage record of its own kind, at price 0 unless a model has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.metering.pseudonym import pseudonym
from hub.metering.usage import read_usage
from hub.model.codes import ServiceCode
from hub.model.person import PERSON_SYSTEMS, PatientRef
from hub.store.engine import Engines
from hub.store.register import Registered
from hub.store.settling import record_usage


@dataclass(frozen=True, slots=True)
class Meter:
    """Writes the records of reads. A list without a named patient is no read of anybody and is not measured."""

    engines: Engines
    key: bytes
    new_id: Callable[[], str]

    async def read(
        self, person: Registered, *, municipality: str, sender: str, code: str, size: int, at: datetime
    ) -> None:
        """One read about `person` by `sender`, on the service `code`; `size` is the answer's, in bytes."""
        national = [i for i in person.identifiers if i[0] in PERSON_SYSTEMS]
        record = read_usage(
            record_id=f"read:{self.new_id()}",
            municipality=municipality,
            sender=sender,
            service_code=_service(code),
            recorded_at=at,
            size=size,
            pseudonym=pseudonym(self.key, PatientRef(*(national or list(person.identifiers))[0])),
        )
        async with self.engines.writing() as connection:
            await record_usage(connection, [record])


def _service(code: str) -> ServiceCode:
    try:
        return ServiceCode(code)
    except ValueError:
        return ServiceCode.OTHER
