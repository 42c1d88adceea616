"""The cost key: each municipality's weight. The ministry's as a file, or a stand-in of ours until then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hub.metering.input_table import InputTable, InputText, read_table
from hub.metering.municipalities import Municipality

#: Our assumption of what an inhabitant of each age group weighs in municipal health. Not the ministry's key.
STAND_IN_WEIGHTS = (10, 8, 16, 34, 48)
STAND_IN_WARNING = (
    "IKKE DEN VIRKELIGE KOSTNADSNØKKELEN: vekten er en erstatning beregnet av folketallet etter alder. Per innbygger: "
    "0-17 år 10, 18-66 år 8, 67-79 år 16, 80-89 år 34, 90 år og over 48. Vektene er vår forutsetning. "
    "Last inn delkostnadsnøkkel kommunehelse fra Grønt hefte med --key."
)
_DIGITS_KEPT = 15


@dataclass(frozen=True, slots=True)
class CostKey:
    """Weights in the order of the municipalities: whole numbers without unit.

    `source` says in Norwegian where they come from; `is_stand_in` that they only stand in for the real key.
    """

    weights: tuple[int, ...]
    source: str
    is_stand_in: bool


def stand_in_key(municipalities: Sequence[Municipality]) -> CostKey:
    """The stand-in key from population by age. Every table made with it must show its `source`."""
    weights = (sum(w * age for w, age in zip(STAND_IN_WEIGHTS, m.ages, strict=True)) for m in municipalities)
    return CostKey(tuple(weights), STAND_IN_WARNING, is_stand_in=True)


def key_from_table(source: InputText, municipalities: Sequence[Municipality]) -> CostKey:
    """The key in a table with the columns `number` and `weight`, one row for each municipality.

    Raises ConfigurationError that names every missing, unknown or doubled municipality and every bad weight.
    """
    table = read_table(source, ("number", "weight"))
    found = _weights(table, municipalities)
    for position, municipality in enumerate(municipalities):
        if position not in found:
            table.fault(None, "number", f"mangler {municipality.number} {municipality.name}")
    if not table.faults and not any(found.values()):
        table.fault(None, "weight", "alle vekter er 0")
    table.finish()
    if stand_in := _same_as_stand_in(found, municipalities):
        return stand_in
    scale = Decimal(10) ** _scale(found.values())
    weights = tuple(round(found[position] * scale) for position in range(len(municipalities)))
    return CostKey(weights, f"Kostnadsnøkkel fra filen {source.name}.", is_stand_in=False)


def _same_as_stand_in(found: Mapping[int, Decimal], municipalities: Sequence[Municipality]) -> CostKey | None:
    """The stand-in key, when a file only says the same over again: a file makes it no more real."""
    stand_in = stand_in_key(municipalities)
    first = stand_in.weights[0]
    same = all(found[i] * first == weight * found[0] for i, weight in enumerate(stand_in.weights))
    return stand_in if same else None


def _weights(table: InputTable, municipalities: Sequence[Municipality]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for row in table.rows:
        position, weight = table.municipality(row, municipalities), table.amount(row, "weight")
        if position in found:
            table.fault(row, "number", f"{row.cells['number']} står mer enn én gang")
        elif position is not None:
            found[position] = Decimal(0) if weight is None else weight
    return found


def _scale(weights: Iterable[Decimal]) -> int:
    """How many decimals to keep, so that the sum has fifteen digits: the most that can be shared by exactly."""
    return _DIGITS_KEPT - 1 - sum(weights, Decimal(0)).adjusted()
