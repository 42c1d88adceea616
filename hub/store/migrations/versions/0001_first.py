"""The first schema, as it was. What changes later is a revision of its own: nothing here follows the tables of now."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

metadata = MetaData()

cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("municipality", Text, nullable=False),
    Column("patient_system", Text, nullable=False),
    Column("patient_value", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("service_code", Text, nullable=False),
    Column("alert_code", Text),
    Column("occurred_at", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("change", Integer, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("acknowledge_by", BigInteger),
    Column("followed_up_at", BigInteger),
    Column("escalated_at", BigInteger),
    Column("escalated_after_s", Integer),
)
Index(
    "cases_unanswered",
    cases.c.acknowledge_by,
    sqlite_where=text("acknowledge_by IS NOT NULL AND followed_up_at IS NULL AND escalated_at IS NULL"),
    postgresql_where=text("acknowledge_by IS NOT NULL AND followed_up_at IS NULL AND escalated_at IS NULL"),
)
Index("cases_opened", cases.c.opened_at)

messages = Table(
    "messages",
    metadata,
    Column("case_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("identity", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("device", Text),
    Column("door", Text, nullable=False),
    Column("resource_type", Text, nullable=False),
    Column("identifier_system", Text),
    Column("identifier_value", Text),
    Column("raw", LargeBinary, nullable=False),
    Column("registered_at", BigInteger, nullable=False),
    Column("said_at", BigInteger),
    Column("occurred_at", BigInteger),
    Column("standing", Text, nullable=False),
    Column("replaces", Integer),
    Column("remarks", Text),
    Column("is_alert", Integer, nullable=False),
    PrimaryKeyConstraint("case_id", "number"),
    UniqueConstraint("identity", "content_hash"),
)

case_keys = Table(
    "case_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("series", Text),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("case_id", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("wanted", Integer, nullable=False),
    Column("settled", Integer, nullable=False),
    Column("note_revision", Integer, nullable=False),
    Column("reference", Text),
    Column("attempts", Integer, nullable=False),
    Column("not_before_real", Float, nullable=False),
    Column("enqueued_real", Float, nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    Column("page", BigInteger, nullable=False),
    Column("paged_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("case_id", "destination"),
)
_UNSETTLED = text("state <> 'settled'")
_DUE = text("state IN ('pending', 'in_doubt')")
Index("deliveries_lane", deliveries.c.lane, sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED)
Index(
    "deliveries_due",
    deliveries.c.municipality,
    deliveries.c.destination,
    deliveries.c.not_before_real,
    sqlite_where=_DUE,
    postgresql_where=_DUE,
)
Index("deliveries_page", deliveries.c.municipality, deliveries.c.page)

delivery_events = Table(
    "delivery_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("destination", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

usage = Table(
    "usage",
    metadata,
    Column("id", Text, primary_key=True),
    Column("usage_kind", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("service_code", Text, nullable=False),
    Column("event_kind", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("pseudonym", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("corrects", Text),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("device", Text),
    Column("raw", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("findings", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("times", Integer, nullable=False),
    Column("case_id", Text),
    Column("settled_at", BigInteger),
    Column("settled_how", Text),
    UniqueConstraint("municipality", "sender", "sha256", "kind"),
)

devices = Table(
    "devices",
    metadata,
    Column("municipality", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("battery", Float),
    Column("reported_at", BigInteger),
    Column("heard_at", BigInteger, nullable=False),
    Column("next_within_s", Float),
    Column("silent_since", BigInteger),
    PrimaryKeyConstraint("municipality", "sender", "device"),
)

operations_alerts = Table(
    "operations_alerts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("case_id", Text),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
)
Index(
    "operations_alerts_open",
    operations_alerts.c.key,
    unique=True,
    sqlite_where=text("closed_at IS NULL"),
    postgresql_where=text("closed_at IS NULL"),
)

counters = Table(
    "counters", metadata, Column("name", Text, primary_key=True), Column("value", BigInteger, nullable=False)
)

leases = Table(
    "leases",
    metadata,
    Column("partition", Integer, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until_real", Float, nullable=False),
)

used_tokens = Table(
    "used_tokens",
    metadata,
    Column("kind", Text, nullable=False),
    Column("jti", Text, nullable=False),
    Column("expires_real", Float, nullable=False),
    PrimaryKeyConstraint("kind", "jti"),
)

holds = Table(
    "holds",
    metadata,
    Column("municipality", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    PrimaryKeyConstraint("municipality", "destination"),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
