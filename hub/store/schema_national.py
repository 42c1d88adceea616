"""The tables behind the national doors (VKP, JFT, PIT): submissions, the patient and service register, patients.

Instants are whole microseconds since 1970 (UTC). `stamp` is an instant and a place in a sequence at once: unique, and
growing in the order of the commits, so that a reader who pages or polls by it neither skips nor repeats.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from hub.store.schema import cases
from hub.store.schema import metadata as metadata

#: The last stamp that was given out, by series.
stamps = Table("stamps", metadata, Column("series", Text, primary_key=True), Column("last", BigInteger, nullable=False))

#: Every accepted message as JFT shows it. Its id is made of `case_id` and `number`. Without a row in `messages` it
#: is one that failed. `content` is set where JFT shows another text than what was submitted (corrected on the way).
submissions = Table(
    "submissions",
    metadata,
    Column("case_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("resource_type", Text, nullable=False),
    Column("stamp", BigInteger, nullable=False),
    Column("registered_at", BigInteger, nullable=False),
    Column("read_at", BigInteger),
    Column("acknowledged_at", BigInteger),
    Column("failed_at", BigInteger),
    Column("client_id", Text, nullable=False),
    Column("client_name", Text),
    Column("system_name", Text),
    Column("content", LargeBinary),
    PrimaryKeyConstraint("case_id", "number"),
)
Index("submissions_stamp", submissions.c.municipality, submissions.c.resource_type, submissions.c.stamp)

Index("cases_patient", cases.c.patient_value)

#: The register that VKP's searches read. `record` is JSON (`hub.store.register.Registered`).
register_patients = Table(
    "register_patients",
    metadata,
    Column("municipality", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    PrimaryKeyConstraint("municipality", "id"),
)

register_identifiers = Table(
    "register_identifiers",
    metadata,
    Column("municipality", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("patient_id", Text, nullable=False),
    PrimaryKeyConstraint("municipality", "value", "system"),
)

#: The patients that were submitted to PIT: the newest version of each, by its first identifier.
pit_patients = Table(
    "pit_patients",
    metadata,
    Column("municipality", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("stamp", BigInteger, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    PrimaryKeyConstraint("municipality", "identity"),
)
Index("pit_patients_stamp", pit_patients.c.municipality, pit_patients.c.stamp)
