"""File ledgers: usage records as CloudEvents (NDJSON), CSV and Parquet, read and written by DuckDB.

A file that people or other systems wrote is checked row by row before anything is counted. The mapping to CloudEvents
is in `docs/cost/ledger.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hub.model.codes import EventKind, ServiceCode
from hub.model.errors import ConfigurationError, ConfigurationFault

_MOST_FAULTS = 20
_OFFSET = r"(Z|[+-]\d\d(:?\d\d)?)$"
_SERVICES = ", ".join(f"'{code}'" for code in ServiceCode)
_KINDS = ", ".join(f"'{kind}'" for kind in EventKind)

Rule = tuple[str, str, str, str]

#: Column, how it reads from text, the condition that it must meet, and what to say where it doesn't.
_RULES: tuple[Rule, ...] = (
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
_TEXTS = ("id", "usage_kind", "municipality", "sender", "service_code", "event_kind", "pseudonym", "corrects")
#: Digits in a hash or a UUID are nobody's number.
_HEXADECIMAL = r"\b([0-9a-fA-F]{16,}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\b"
_NAMES = f"regexp_replace(concat_ws(' ', id, sender, pseudonym, corrects), '{_HEXADECIMAL}', '', 'g')"
#: An eleven-digit number in a ledger would be an identity number: no ledger may hold one.
_ELEVEN_DIGITS = f"regexp_matches({_NAMES}, '(^|[^0-9])[0-9]{{11}}([^0-9]|$)')"
#: The same where millions of texts can't be looked through: a cell that is such a number and nothing else.
_IS_ELEVEN_DIGITS = " OR ".join(
    f"(length({name}) = 11 AND TRY_CAST({name} AS BIGINT) IS NOT NULL)" for name in ("id", "sender", "corrects")
)


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
    _check(connection, path, "written", _RULES)
    return _values("written", _RULES)


def _values(rows: str, rules: Sequence[Rule]) -> str:
    return f"SELECT {', '.join(f'{value} AS {name}' for name, value, _, _ in rules)} FROM {rows}"  # noqa: S608 - own text


def _parquet(connection: Any, path: Path) -> str:
    """Read in place and checked in one pass; only a file with faults is gone through again, to name its rows."""
    file = f"read_parquet({_quoted(path)}, file_row_number=true)"
    texts = ", ".join(f"{name}::VARCHAR AS {name}" if name in _TEXTS else name for name, _, _, _ in _RULES)
    rows = f"(SELECT file_row_number + 1 AS line, {texts} FROM {file})"  # noqa: S608 - the name is quoted
    try:
        described = connection.execute(f"DESCRIBE SELECT recorded_at FROM {rows}").fetchone()  # noqa: S608
        rules = [_moment(described[1], rule) if rule[0] == "recorded_at" else rule for rule in _RULES]
        good = " AND ".join(condition for _, _, condition, _ in rules)
        bad = f"SELECT count(*) FROM {rows} WHERE NOT coalesce({good}, false) OR {_IS_ELEVEN_DIGITS}"  # noqa: S608
        if connection.execute(bad).fetchone()[0]:
            _check(connection, path, rows, rules)
    except ConfigurationError:
        raise
    except Exception as error:
        raise _unreadable(path, error) from error
    return _values(rows, rules)


def _moment(kind: str, rule: Rule) -> Rule:
    """How a column of this type of DuckDB's reads as moments in UTC; one without zone is in UTC already."""
    if not kind.startswith("TIMESTAMP"):
        return rule
    value = "make_timestamp(epoch_us(recorded_at))" if kind.endswith("ZONE") else "recorded_at::TIMESTAMP"
    return "recorded_at", value, "recorded_at IS NOT NULL", "mangler"


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


def _check(connection: Any, path: Path, rows: str, rules: Sequence[Rule]) -> None:
    faults: list[ConfigurationFault] = []
    for name, _, condition, text in rules:
        bad = f"SELECT line, {name} FROM {rows} WHERE NOT coalesce({condition}, false)"  # noqa: S608 - own text
        faults += [
            ConfigurationFault(line, f"{path.name}: {name}", f"{_shown(name, value)}{text}")
            for line, value in connection.execute(f"{bad} ORDER BY 1 LIMIT {_MOST_FAULTS}").fetchall()
        ]
    query = f"SELECT line FROM {rows} WHERE {_ELEVEN_DIGITS} ORDER BY 1 LIMIT {_MOST_FAULTS}"  # noqa: S608 - own text
    text = "raden holder noe som ligner et fødselsnummer; det skal aldri stå i en måling"
    faults += [ConfigurationFault(row[0], path.name, text) for row in connection.execute(query).fetchall()]
    if faults:
        raise ConfigurationError(faults)


def _shown(name: str, value: object) -> str:
    """The value itself, except where it might name a person."""
    return "" if value is None or name in ("id", "pseudonym", "corrects") else f"{str(value)!r} "


def _unreadable(path: Path, error: Exception) -> ConfigurationError:
    # DuckDB's own text may repeat what the file holds, so only its first line's kind is told
    kind = str(error).partition(":")[0]
    text = f"kan ikke leses som en måling med kolonnene {_COLUMNS} ({kind})"
    return ConfigurationError([ConfigurationFault(0, path.name, text)])


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
