"""The rehearsal's tables."""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

metadata = MetaData()

rehearsals = Table(
    "rehearsals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("municipality", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    UniqueConstraint("municipality", "course"),
)

rehearsal_entries = Table(
    "rehearsal_entries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("rehearsal", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
Index("rehearsal_entries_of", rehearsal_entries.c.rehearsal, rehearsal_entries.c.id)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
