"""The console's tables, and an index for what waits for a person."""

from alembic import op

from hub.store.schema import metadata
from hub.store.schema_console import TABLES

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind(), tables=TABLES)
    op.execute("CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (occurred_at) WHERE state = 'waiting'")
