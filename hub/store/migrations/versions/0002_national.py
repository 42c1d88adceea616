"""The tables behind the national doors; what was accepted before them is shown in JFT like everything after."""

from alembic import op

from hub.store.schema import metadata
from hub.store.schema_national import TABLES

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

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
    metadata.create_all(op.get_bind(), tables=TABLES)
    op.execute("CREATE INDEX IF NOT EXISTS cases_patient ON cases (patient_value)")
    op.execute(_SHOW_EARLIER)
    op.execute(_GO_ON_AFTER_THEM)
