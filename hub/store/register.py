"""The patient and service register: what the municipalities' EPJs would tell VKP of the people who get services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

import orjson
from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store.inserting import insert_into
from hub.store.schema_national import register_identifiers, register_patients


@dataclass(frozen=True, slots=True)
class Service:
    """A municipal service that somebody gets: the EPJ's own code and name of it, from and to (None: still)."""

    code: str
    name: str
    since: date
    until: date | None = None

    def is_active(self, today: date) -> bool:
        """Whether the service is given on `today`."""
        return self.since <= today and (self.until is None or today <= self.until)


@dataclass(frozen=True, slots=True)
class Coded:
    """Something said by a code and in words, and since when."""

    system: str
    code: str
    text: str
    since: date


@dataclass(frozen=True, slots=True)
class Medication:
    """A medicine in use: code and name, dosage in words, since when."""

    medicine: Coded
    dosage: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that comes every week: on which weekdays (Monday is 0), at what local time, how long, what for."""

    weekdays: tuple[int, ...]
    hour: int
    minute: int
    minutes: int
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives. `lock` says how the door is opened, `hint` how to find it."""

    line: str
    postal_code: str
    city: str
    lock: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A person in a municipality's register. `id` is the register's own; `identifiers` are (system, value)."""

    id: str
    identifiers: tuple[tuple[str, str], ...]
    given: str
    family: str
    gender: str
    born: date
    address: Address
    zone: str
    household: str
    services: tuple[Service, ...]
    phone: str | None = None
    conditions: tuple[Coded, ...] = ()
    allergies: tuple[Coded, ...] = ()
    medications: tuple[Medication, ...] = ()
    visits: tuple[Visit, ...] = ()

    def __repr__(self) -> str:
        return f"Registered({self.id!r})"  # identifiers and names stay out of logs


@cache
def _reader() -> TypeAdapter[Registered]:
    return TypeAdapter(Registered)


async def fill(connection: AsyncConnection, municipality: str, people: Iterable[Registered]) -> int:
    """Put `people` in the municipality's register, in place of what it holds under their ids; how many they were."""
    rows = list(people)
    if not rows:
        return 0
    statement = insert_into(connection, register_patients)
    statement = statement.on_conflict_do_update(
        index_elements=[register_patients.c.municipality, register_patients.c.id],
        set_={"record": statement.excluded.record},
    )
    values = [{"municipality": municipality, "id": one.id, "record": orjson.dumps(one)} for one in rows]
    await connection.execute(statement, values)
    await _name(connection, municipality, rows)
    return len(rows)


async def _name(connection: AsyncConnection, municipality: str, rows: list[Registered]) -> None:
    table = register_identifiers
    for start in range(0, len(rows), 500):
        ids = [one.id for one in rows[start : start + 500]]
        await connection.execute(delete(table).where(table.c.municipality == municipality, table.c.patient_id.in_(ids)))
    statement = insert_into(connection, table)
    statement = statement.on_conflict_do_update(
        index_elements=[table.c.municipality, table.c.value, table.c.system],
        set_={"patient_id": statement.excluded.patient_id},
    )
    names = [
        {"municipality": municipality, "system": system, "value": value, "patient_id": one.id}
        for one in rows
        for system, value in one.identifiers
    ]
    await connection.execute(statement, names)


async def is_empty(connection: AsyncConnection, municipality: str) -> bool:
    """Whether nobody is in the municipality's register."""
    table = register_patients
    found = await connection.execute(select(table.c.id).where(table.c.municipality == municipality).limit(1))
    return found.first() is None


async def registered(
    connection: AsyncConnection, municipality: str, *, system: str | None, value: str
) -> Registered | None:
    """Who is known by `value` (in `system`, or in any) in the municipality; None when nobody, or several, are."""
    names, table = register_identifiers, register_patients
    query = (
        select(table.c.record)
        .join(names, (names.c.patient_id == table.c.id) & (names.c.municipality == table.c.municipality))
        .where(names.c.municipality == municipality, names.c.value == value)
        .distinct()
    )
    if system is not None:
        query = query.where(names.c.system == system)
    rows = list(await connection.execute(query.limit(2)))
    return _reader().validate_json(rows[0].record) if len(rows) == 1 else None


async def everybody(connection: AsyncConnection, municipality: str) -> list[Registered]:
    """All who are in the municipality's register, by id."""
    table = register_patients
    rows = await connection.execute(
        select(table.c.record).where(table.c.municipality == municipality).order_by(table.c.id)
    )
    return [_reader().validate_json(row.record) for row in rows]
