"""The console's tables, and an index for what waits for a person."""

from alembic import op
from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, Table, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

metadata = MetaData()

flow = Table(
    "flow",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("municipality", Text),
    Column("sender", Text),
    Column("case_id", Text),
    Column("number", Integer),
    Column("destination", Text),
    Column("detail", Text),
)
Index("flow_case", flow.c.case_id)

console_sessions = Table(
    "console_sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("csrf", Text, nullable=False),
    Column("began_real", Float, nullable=False),
    Column("seen_real", Float, nullable=False),
)

access_log = Table(
    "access_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("seal", Text, nullable=False),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    op.execute("CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (occurred_at) WHERE state = 'waiting'")
