"""The rehearsal's tables."""

from alembic import op

from hub.store.schema import metadata
from hub.store.schema_rehearsal import TABLES

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind(), tables=TABLES)
