"""The tables behind the national doors; what was accepted before them is shown in JFT like everything after."""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, PrimaryKeyConstraint, Table, Text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

metadata = MetaData()

stamps = Table("stamps", metadata, Column("series", Text, primary_key=True), Column("last", BigInteger, nullable=False))

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

_SHOW_EARLIER = """
INSERT INTO submissions
    (case_id, number, municipality, resource_type, stamp, registered_at, client_id)
SELECT m.case_id, m.number, c.municipality,
    CASE WHEN m.resource_type IN ('Bundle', 'Composition', 'MedicationDispense') THEN m.resource_type ELSE 'Bundle' END,
    (SELECT MAX(registered_at) - COUNT(*) FROM messages)
        + ROW_NUMBER() OVER (ORDER BY m.registered_at, m.case_id, m.number),
    m.registered_at, m.sender
FROM messages m JOIN cases c ON c.id = m.case_id
WHERE NOT EXISTS (SELECT 1 FROM submissions s WHERE s.case_id = m.case_id AND s.number = m.number)
"""
_GO_ON_AFTER_THEM = """
INSERT INTO stamps (series, last) SELECT 'submissions', MAX(stamp) FROM submissions HAVING COUNT(*) > 0
"""


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    op.execute("CREATE INDEX IF NOT EXISTS cases_patient ON cases (patient_value)")
    op.execute(_SHOW_EARLIER)
    op.execute(_GO_ON_AFTER_THEM)
