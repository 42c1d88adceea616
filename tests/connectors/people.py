"""Synthetic people (month + 80) for tests, made here and nowhere else."""

from __future__ import annotations

from itertools import count, islice

from hub.model.person import check_digits


def synthetic_numbers(how_many: int) -> list[str]:
    def all_of_them() -> list[str]:
        found = []
        for individual in count(100):
            first_nine = f"0281{50 + individual % 40:02d}{individual % 400:03d}"
            if (digits := check_digits(first_nine)) is not None:
                found.append(first_nine + digits)
            if len(set(found)) >= how_many:
                return found
        raise AssertionError

    return list(islice(dict.fromkeys(all_of_them()), how_many))


ANNA, BERIT, CARL = synthetic_numbers(3)
