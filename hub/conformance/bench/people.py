"""Synthetic people for tests, one after the other: 80 is added to the month."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from connectors import patient
from hub.model.person import PatientRef, check_digits


def people() -> Iterator[PatientRef]:
    """Synthetic people without end, always the same ones in the same order."""
    for year, month, day, individual in itertools.product(range(30, 54), range(81, 93), range(1, 29), range(100, 499)):
        first_nine = f"{day:02}{month}{year}{individual}"
        digits = check_digits(first_nine)
        if digits is not None:
            yield patient(first_nine + digits)
