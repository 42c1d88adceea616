"""PIT's patients: the newest version of each that was submitted for a municipality, in the order of the commits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model.person import PatientRef
from hub.store.inserting import insert_into
from hub.store.schema_national import pit_patients
from hub.store.stamping import next_stamps

_SERIES = "patients"
_NAMESPACE = uuid.UUID("5e7f3c30-0d0a-5f0e-8b65-3f4ed25c6a71")


@dataclass(frozen=True, slots=True)
class SubmittedPatient:
    """A patient as submitted. `stamp` is when, in microseconds since 1970, and its place in the sequence."""

    id: str
    stamp: int
    client_id: str
    raw: bytes


async def put_patient(
    connection: AsyncConnection, municipality: str, who: PatientRef, *, raw: bytes, client_id: str, at: datetime
) -> str:
    """Keep `raw` as the newest version of the patient `who`; the patient's id, which stays the same."""
    (stamp,) = await next_stamps(connection, _SERIES, many=1, at=at)
    identity = f"{who.system}|{who.value}"
    own_id = str(uuid.uuid5(_NAMESPACE, f"{municipality}|{identity}"))
    table = pit_patients
    statement = insert_into(connection, table).values(
        municipality=municipality, identity=identity, id=own_id, stamp=stamp, client_id=client_id, raw=raw
    )
    newest = {name: statement.excluded[name] for name in ("stamp", "client_id", "raw")}
    keys = [table.c.municipality, table.c.identity]
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=newest))
    return own_id


async def patients_in(
    connection: AsyncConnection,
    municipality: str,
    *,
    after: int | None,
    before: int | None,
    newest_first: bool,
    most: int,
) -> list[SubmittedPatient]:
    """Up to `most` patients with stamps over `after` and under `before`."""
    table = pit_patients
    query = select(table.c.id, table.c.stamp, table.c.client_id, table.c.raw)
    query = query.where(table.c.municipality == municipality)
    if after is not None:
        query = query.where(table.c.stamp > after)
    if before is not None:
        query = query.where(table.c.stamp < before)
    rows = await connection.execute(query.order_by(table.c.stamp.desc() if newest_first else table.c.stamp).limit(most))
    return [SubmittedPatient(*row) for row in rows]
