"""File ledgers: usage records as CloudEvents (NDJSON), CSV and Parquet, read and written by DuckDB.

A file that people or other systems wrote is checked row by row before anything is counted. Parquet carries its types;
there only values are checked. The mapping to CloudEvents is in `docs/cost/ledger.md`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hub.model.codes import EventKind, ServiceCode
from hub.model.errors import ConfigurationError, ConfigurationFault

_MOST_FAULTS = 20
_OFFSET = r"(Z|[+-]\d\d(:?\d\d)?)$"
_SERVICES = ", ".join(f"'{code}'" for code in ServiceCode)
_KINDS = ", ".join(f"'{kind}'" for kind in EventKind)

#: Column, how it reads from text, the condition that it must meet, and what to say where it doesn't.
_RULES = (
    ("id", "id", "length(id) > 0", "mangler"),
    ("usage_kind", "usage_kind", "usage_kind IN ('case', 'read')", "må være case eller read"),
    ("municipality", "municipality", "length(municipality) > 0", "mangler"),
    ("sender", "sender", "length(sender) > 0", "mangler"),
    ("service_code", "service_code", f"service_code IN ({_SERVICES})", "er ikke en tjenestekode"),
    ("event_kind", "event_kind", f"event_kind IN ({_KINDS})", "er ikke en hendelsestype"),
    ("day", "TRY_CAST(day AS DATE)", "TRY_CAST(day AS DATE) IS NOT NULL", "er ikke en dato"),
    (
        "recorded_at",
        "make_timestamp(epoch_us(TRY_CAST(recorded_at AS TIMESTAMPTZ)))",
        f"TRY_CAST(recorded_at AS TIMESTAMPTZ) IS NOT NULL AND regexp_matches(recorded_at, '{_OFFSET}')",
        "er ikke et tidspunkt med tidssone",
    ),
    ("size", "TRY_CAST(size AS BIGINT)", "TRY_CAST(size AS BIGINT) >= 0", "må være et helt tall som ikke er negativt"),
    ("pseudonym", "pseudonym", "length(pseudonym) >= 16", "er for kort til å være et pseudonym"),
    ("quantity", "TRY_CAST(quantity AS BIGINT)", "TRY_CAST(quantity AS BIGINT) IN (1, -1)", "må være 1 eller -1"),
    (
        "corrects",
        "NULLIF(corrects, '')",
        "(coalesce(corrects, '') <> '') = (TRY_CAST(quantity AS BIGINT) = -1)",
        "må navngi posten som rettes når quantity er -1, og ellers være tom",
    ),
)
_COLUMNS = ", ".join(rule[0] for rule in _RULES)
#: An eleven-digit number in a ledger would be an identity number: no ledger may hold one.
_ELEVEN_DIGITS = "regexp_matches(concat_ws(' ', id, sender, pseudonym, corrects), '(^|[^0-9])[0-9]{11}([^0-9]|$)')"


def opened(connection: Any, path: Path) -> str:
    """The SELECT that reads the ledger in `path`. Raises ConfigurationError naming every row that is wrong."""
    if not path.is_file():
        raise ConfigurationError([ConfigurationFault(0, path.name, "filen finnes ikke")])
    if path.suffix == ".parquet":
        return _parquet(connection, path)
    readers = {".csv": _csv_source, ".ndjson": _cloudevents_source, ".jsonl": _cloudevents_source}
    if path.suffix not in readers:
        text = "ukjent filtype; bruk .ndjson, .csv eller .parquet"
        raise ConfigurationError([ConfigurationFault(0, path.name, text)])
    first_line = 2 if path.suffix == ".csv" else 1
    numbered = f"SELECT row_number() OVER () + {first_line - 1} AS line"
    try:
        connection.execute(f"CREATE TABLE written AS {numbered}, {_COLUMNS} FROM {readers[path.suffix](path)}")
    except Exception as error:
        raise _unreadable(path, error) from error
    _check(connection, path)
    values = ", ".join(f"{value} AS {name}" for name, value, _, _ in _RULES)
    return f"SELECT {values} FROM written"  # noqa: S608 - own text


def _parquet(connection: Any, path: Path) -> str:
    select = f"SELECT {_COLUMNS} FROM read_parquet({_quoted(path)})"  # noqa: S608 - the name is quoted
    try:
        connection.execute(f"{select} LIMIT 0")
        _check_values(connection, path, select)
    except ConfigurationError:
        raise
    except Exception as error:
        raise _unreadable(path, error) from error
    return select


def _check_values(connection: Any, path: Path, select: str) -> None:
    """The columns of few values, which any tool may have written wrong; a Parquet file has its types right."""
    rules = [rule for rule in _RULES if rule[0] in ("usage_kind", "service_code", "event_kind", "quantity")]
    counts = ", ".join(f"count(*) FILTER (NOT coalesce({condition}, false))" for _, _, condition, _ in rules)
    bad = connection.execute(f"SELECT {counts} FROM ({select})").fetchone()  # noqa: S608 - own text
    faults = [
        ConfigurationFault(0, f"{path.name}: {name}", f"{count} rader der verdien {text}")
        for (name, _, _, text), count in zip(rules, bad, strict=True)
        if count
    ]
    if faults:
        raise ConfigurationError(faults)


def _csv_source(path: Path) -> str:
    return f"read_csv({_quoted(path)}, all_varchar=true, header=true, delim=',', quote='\"', parallel=false)"


def _cloudevents_source(path: Path) -> str:
    data = (
        "sender VARCHAR, service_code VARCHAR, event_kind VARCHAR, day VARCHAR, recorded_at VARCHAR, size VARCHAR, "
        "pseudonym VARCHAR, quantity VARCHAR, corrects VARCHAR"
    )
    columns = f"{{id: 'VARCHAR', type: 'VARCHAR', subject: 'VARCHAR', data: 'STRUCT({data})'}}"
    read = f"read_json({_quoted(path)}, format='newline_delimited', columns={columns})"
    return (
        f"(SELECT id, regexp_extract(type, '^no\\.knutepunkt\\.usage\\.(case|read)\\.v1$', 1) AS usage_kind, "  # noqa: S608
        f"subject AS municipality, data.* FROM {read})"
    )


def _check(connection: Any, path: Path) -> None:
    faults: list[ConfigurationFault] = []
    for name, _, condition, text in _RULES:
        bad = f"SELECT line, {name} FROM written WHERE NOT coalesce({condition}, false)"  # noqa: S608 - own text
        faults += [
            ConfigurationFault(line, f"{path.name}: {name}", f"{_shown(name, value)}{text}")
            for line, value in connection.execute(f"{bad} ORDER BY 1 LIMIT {_MOST_FAULTS}").fetchall()
        ]
    query = f"SELECT line FROM written WHERE {_ELEVEN_DIGITS} ORDER BY 1 LIMIT {_MOST_FAULTS}"  # noqa: S608 - own text
    text = "raden holder noe som ligner et fødselsnummer; det skal aldri stå i en måling"
    faults += [ConfigurationFault(row[0], path.name, text) for row in connection.execute(query).fetchall()]
    if faults:
        raise ConfigurationError(faults)


def _shown(name: str, value: str | None) -> str:
    """The value itself, except where it might name a person."""
    return "" if value is None or name in ("id", "pseudonym", "corrects") else f"{value!r} "


def _unreadable(path: Path, error: Exception) -> ConfigurationError:
    # DuckDB's own text may repeat what the file holds, so only its first line's kind is told
    kind = str(error).partition(":")[0]
    text = f"kan ikke leses som en måling med kolonnene {_COLUMNS} ({kind})"
    return ConfigurationError([ConfigurationFault(0, path.name, text)])


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
