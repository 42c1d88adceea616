"""Who has the service in use in which month: all, a number of them, or a list from a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hub.metering.input_table import InputTable, InputText, Row, read_table
from hub.metering.month import Month
from hub.metering.municipalities import Municipality
from hub.metering.sharing import Bools, Ints
from hub.model.errors import ConfigurationError, ConfigurationFault

_COUNT = re.compile(r"[+-]?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Connection:
    """Who is connected [months, municipalities], and how that was decided, in Norwegian."""

    connected: Bools
    source: str


def connection(
    who: str | InputText,
    *,
    months: Sequence[Month],
    municipalities: Sequence[Municipality],
    rng: np.random.Generator | None = None,
) -> Connection:
    """What `all`, a count or a table means for these months.

    A count takes the largest first, or draws them where `rng` is given. Raises ConfigurationError on anything else.
    """
    shape = (len(months), len(municipalities))
    if isinstance(who, InputText):
        return _from_table(who, months, municipalities)
    if who == "all":
        return Connection(np.ones(shape, np.bool_), "Alle kommuner har tjenesten i bruk.")
    if _COUNT.fullmatch(who):
        return _counted(int(who), shape, municipalities, rng)
    if who == "metered":
        raise ConfigurationError([ConfigurationFault(0, "--connected", "metered krever målt bruk (--use)")])
    text = f"{who!r} er verken all, et antall eller en fil som finnes"
    raise ConfigurationError([ConfigurationFault(0, "--connected", text)])


def _counted(
    count: int,
    shape: tuple[int, int],
    municipalities: Sequence[Municipality],
    rng: np.random.Generator | None,
) -> Connection:
    if not 0 <= count <= len(municipalities):
        text = f"{count} er ikke fra 0 til {len(municipalities)}"
        raise ConfigurationError([ConfigurationFault(0, "--connected", text)])
    order = joining_order(municipalities) if rng is None else rng.permutation(len(municipalities))
    connected = np.zeros(shape, np.bool_)
    connected[:, order[:count]] = True
    how = "de største" if rng is None else "trukket tilfeldig med oppgitt frø"
    return Connection(connected, f"{count} kommuner har tjenesten i bruk ({how}).")


def joining_order(municipalities: Sequence[Municipality], who_first: str = "largest") -> Ints:
    """Positions in the order of joining: `largest` or `smallest` population first, the lower number first if equal."""
    sign = -1 if who_first == "largest" else 1
    order = sorted(range(len(municipalities)), key=lambda i: (sign * municipalities[i].population, i))
    return np.array(order, np.int64)


def _from_table(source: InputText, months: Sequence[Month], municipalities: Sequence[Municipality]) -> Connection:
    table = read_table(source, ("number", "from"), ("to",))
    connected = np.zeros((len(months), len(municipalities)), np.bool_)
    taken: dict[int, list[tuple[Month, Month]]] = {}
    for row in table.rows:
        position = table.municipality(row, municipalities)
        span = _span(table, row)
        if position is not None and span is not None:
            if any(span[0] <= other[1] and other[0] <= span[1] for other in taken.setdefault(position, [])):
                table.fault(row, "from", f"{row.cells['number']} har overlappende perioder")
            taken[position].append(span)
            connected[[span[0] <= m <= span[1] for m in months], position] = True
    table.finish()
    return Connection(connected, f"Tilknyttede kommuner fra filen {source.name}; første og siste måned regnes med.")


def _span(table: InputTable, row: Row) -> tuple[Month, Month] | None:
    first, last = table.month(row, "from"), table.month(row, "to") or Month(9999, 12)
    if first is None:
        if not row.cells["from"]:
            table.fault(row, "from", "mangler")
        return None
    if last < first:
        table.fault(row, "to", f"{row.cells['to']} er før {row.cells['from']}")
        return None
    return first, last
