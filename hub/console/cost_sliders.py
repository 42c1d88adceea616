"""The figures on the cost page that are moved by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: The municipalities of the country.
EVERYBODY = 357
_WHOLE = re.compile(r"-?[0-9]{1,11}")


@dataclass(frozen=True, slots=True)
class Slider:
    """A figure that is moved by hand; `unit` is a key of the word tables."""

    name: str
    least: int
    most: int
    step: int
    default: int
    unit: str

    def value(self, query: Mapping[str, str]) -> int:
        """The figure in a query, within its bounds."""
        said = query.get(self.name, "")
        number = int(said) if _WHOLE.fullmatch(said) else self.default
        return min(max(number, self.least), self.most)


SLIDERS = (
    Slider("total", 1, 100, 1, 20, "cost.unit_total"),
    Slider("state_share", 0, 100, 5, 0, "cost.unit_percent"),
    Slider("connected", 1, EVERYBODY, 1, EVERYBODY, "cost.unit_municipalities"),
    Slider("growth", -10, 30, 1, 0, "cost.unit_percent"),
)


def slider_values(query: Mapping[str, str]) -> dict[str, int]:
    """What each slider stands at in a query."""
    return {slider.name: slider.value(query) for slider in SLIDERS}
