"""What a run stands on: municipalities, key and use before any growth, joining or chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hub.metering.cost_key import CostKey, key_from_table, stand_in_key
from hub.metering.input_table import InputText
from hub.metering.metered_use import MeteredUse
from hub.metering.month import Month
from hub.metering.municipalities import SOURCE as POPULATION_SOURCE
from hub.metering.municipalities import Municipality, read_municipalities
from hub.metering.sharing import Ints
from hub.metering.structure_changes import Structure, structure_of
from hub.metering.use_assumptions import SOURCE as USE_SOURCE
from hub.metering.use_assumptions import ServiceUse, read_use_assumptions, recipients_by_municipality
from hub.model.codes import ServiceCode

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Foundation:
    """Arrays over a period: `population` and `key` [months, municipalities], `recipients` with services last.

    `cases_per_month` [services] is per recipient. Where `metered` is given, it is the use, and the recipients are not
    looked at.
    """

    structure: Structure
    months: tuple[Month, ...]
    key: CostKey
    key_weights: Ints
    population: Ints
    services: tuple[ServiceCode, ...]
    recipients: Ints
    cases_per_month: Reals
    metered: MeteredUse | None = None

    @property
    def municipalities(self) -> tuple[Municipality, ...]:
        """The municipalities, in the order of every array."""
        return self.structure.municipalities

    def sources(self) -> tuple[str, ...]:
        """Where the figures come from, in Norwegian."""
        use = (self.metered.source, *self.metered.remarks) if self.metered else (USE_SOURCE,)
        return (POPULATION_SOURCE, self.key.source, *use, *self.structure.texts())


def foundation(
    months: Sequence[Month],
    *,
    key_table: InputText | None = None,
    changes_table: InputText | None = None,
    metered: MeteredUse | None = None,
) -> Foundation:
    """The foundation of a run over `months`. Raises ConfigurationError for tables that can't be used."""
    known = read_municipalities()
    key = key_from_table(key_table, known) if key_table else stand_in_key(known)
    structure = structure_of(changes_table, known)
    use = read_use_assumptions()
    return Foundation(
        structure=structure,
        months=tuple(months),
        key=key,
        key_weights=_by_month(structure, months, key.weights),
        population=_by_month(structure, months, [m.population for m in known]),
        services=metered.services if metered else tuple(u.service for u in use),
        recipients=_recipients(structure, months, use, known),
        cases_per_month=np.array([float(u.cases_per_month) for u in use]),
        metered=metered,
    )


def _by_month(structure: Structure, months: Sequence[Month], amounts: Sequence[int]) -> Ints:
    row = np.zeros(len(structure.municipalities), np.int64)
    row[: len(amounts)] = amounts
    return structure.moved(np.repeat(row[None], len(months), axis=0), months)


def _recipients(
    structure: Structure, months: Sequence[Month], use: Sequence[ServiceUse], known: Sequence[Municipality]
) -> Ints:
    rows = [_by_month(structure, months, recipients_by_municipality(one, known)) for one in use]
    return np.stack(rows, axis=-1)
