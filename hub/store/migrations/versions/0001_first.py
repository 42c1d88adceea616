"""The first schema."""

from alembic import op

from hub.store.schema import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "cases",
    "messages",
    "case_keys",
    "deliveries",
    "delivery_events",
    "usage",
    "quarantine",
    "devices",
    "operations_alerts",
    "counters",
    "leases",
    "used_tokens",
    "holds",
)


def upgrade() -> None:
    metadata.create_all(op.get_bind(), tables=[metadata.tables[name] for name in TABLES])
