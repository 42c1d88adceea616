"""Writing a ledger out: CloudEvents (which OpenMeter takes as they are), Lago's events, CSV and Parquet.

Dedup keys: CloudEvents `source` and `id`, Lago `transaction_id`. The mapping is described in `docs/cost/ledger.md`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from hub.metering.ledger import COLUMNS, UsageTable
from hub.model.errors import ConfigurationError, ConfigurationFault

ExportFormat = Literal["cloudevents", "lago", "csv", "parquet"]
LAGO_BATCH = 100
SOURCE = "urn:knutepunkt:hub"

#: Noon in Norway in winter: the same calendar day in Norway and in UTC, so that month windows agree everywhere.
_NOON = "strftime(day, '%Y-%m-%dT12:00:00+01:00')"
_RECORDED = "strftime(recorded_at, '%Y-%m-%dT%H:%M:%S.%fZ')"
_CLOUDEVENTS = f"""
SELECT '1.0' AS specversion, id, '{SOURCE}' AS source, 'no.knutepunkt.usage.' || usage_kind || '.v1' AS type,
       municipality AS subject, {_NOON} AS time, 'application/json' AS datacontenttype,
       {{sender: sender, service_code: service_code, event_kind: event_kind, day: strftime(day, '%Y-%m-%d'),
         recorded_at: {_RECORDED}, size: size, pseudonym: pseudonym, quantity: quantity,
         corrects: coalesce(corrects, '')}} AS data
FROM usage ORDER BY recorded_at, id
"""  # noqa: S608 - own text
_LAGO = f"""
WITH numbered AS (SELECT *, (row_number() OVER (ORDER BY recorded_at, id) - 1) // {LAGO_BATCH} AS batch FROM usage)
SELECT list({{transaction_id: id, external_subscription_id: municipality, code: 'knutepunkt_' || usage_kind,
              timestamp: epoch(CAST(day AS TIMESTAMP))::BIGINT + 39600,
              properties: {{sender: sender, service_code: service_code, event_kind: event_kind, quantity: quantity,
                            size: size, pseudonym: pseudonym, corrects: coalesce(corrects, '')}}}}
            ORDER BY recorded_at, id) AS events
FROM numbered GROUP BY batch ORDER BY batch
"""  # noqa: S608 - own text
_CSV = f"""
SELECT {", ".join(_RECORDED + " AS recorded_at" if c == "recorded_at" else c for c in COLUMNS)}
FROM usage ORDER BY recorded_at, id
"""  # noqa: S608 - own text
_PARQUET = f"SELECT {', '.join(COLUMNS)} FROM usage ORDER BY recorded_at, id"  # noqa: S608 - own text
_QUERIES = {
    "cloudevents": (_CLOUDEVENTS, "FORMAT json"),
    "lago": (_LAGO, "FORMAT json"),
    "csv": (_CSV, "FORMAT csv, HEADER"),
    "parquet": (_PARQUET, "FORMAT parquet, COMPRESSION zstd"),
}


def write_ledger(table: UsageTable, path: Path, form: ExportFormat) -> int:
    """Write every record to `path`; answers how many. The file appears whole or not at all."""
    query, options = _QUERIES[form]
    part = path.with_name(path.name + ".part")
    quoted = str(part).replace("'", "''")
    try:
        table.connection.execute(f"COPY ({query}) TO '{quoted}' ({options})")
        part.replace(path)
    except Exception as error:
        part.unlink(missing_ok=True)
        raise ConfigurationError([ConfigurationFault(0, path.name, "kan ikke skrives")]) from error
    return int(table.rows("SELECT count(*) FROM usage")[0][0])
