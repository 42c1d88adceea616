"""A scenario: everything that is assumed about a period, with defaults, and said in Norwegian."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from hub.metering.input_table import InputText
from hub.metering.kroner import decimal_comma, number
from hub.metering.month import Month
from hub.model.errors import ConfigurationError, ConfigurationFault

WhoFirst = Literal["largest", "smallest", "random"]
Adoption = tuple[tuple[int, int | None], ...]

#: The portfolio's figures of April 2023: 30 connected, 50 the ambition, and then all. When is our assumption.
DEFAULT_ADOPTION: Adoption = ((0, 30), (12, 50), (60, None))
LONGEST_PERIOD = 120
_TOO_MUCH = 10**11
_MOST_USE = 100
_GROWTH_TEXT = "må være over -100 % og høyst 100 %"


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """How unsure we are, as standard deviations. Our assumptions, every one.

    `municipality`, `service`, `total` and `pace` are relative (0.25 is a quarter): how much use per recipient differs
    between municipalities, how wrong the use of a service and the total may be for the whole country, and how much
    faster or slower the others join. `growth` is percentage points a year. Months vary as counts do by themselves.
    """

    municipality: float = 0.25
    service: float = 0.15
    total: float = 0.05
    pace: float = 0.3
    growth: float = 1.5

    def texts(self) -> tuple[str, ...]:
        """The assumptions in Norwegian."""
        return (
            "Usikkerhet (standardavvik, vår forutsetning): bruk per mottaker mellom kommuner "
            f"{_percent(self.municipality)}, nasjonal bruk av en tjeneste {_percent(self.service)}, totalkostnad "
            f"{_percent(self.total)}, tempo i tilknytningen {_percent(self.pace)}, årlig vekst "
            f"{decimal_comma(self.growth)} prosentpoeng. Månedene varierer som antall gjør (Poisson).",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A period and what is assumed about it.

    `total` is the gross cost in kroner of the first calendar year; it changes by `price_change` per cent each year.
    `connected` is `all`, a count, `metered` or a table; `adoption`, where given, replaces it: (month of the period,
    how many), with straight lines between. `use` multiplies the assumed cases per recipient. `growth` and
    `population_growth` are per cent a year, for recipients and inhabitants.
    """

    start: Month
    months: int
    total: Decimal
    price_change: Decimal = Decimal(0)
    connected: str | InputText = "all"
    adoption: Adoption = ()
    who_first: WhoFirst = "largest"
    use: Decimal = Decimal(1)
    growth: Decimal = Decimal(0)
    population_growth: Decimal = Decimal(0)
    seed: int | None = None
    uncertainty: Uncertainty = Uncertainty()

    def checked(self) -> Scenario:
        """Itself, when it can be calculated. Raises ConfigurationError with everything that is wrong."""
        faults = [
            ConfigurationFault(0, name, text)
            for name, ok, text in (
                ("--months", 1 <= self.months <= LONGEST_PERIOD, f"må være fra 1 til {LONGEST_PERIOD}"),
                ("--total", self.total >= 0, "kan ikke være negativt"),
                ("--total", self.total == self.total.quantize(Decimal("0.01")), "har flere enn to desimaler"),
                ("--total", self.total < _TOO_MUCH, "er for stort (under 100 milliarder kroner)"),
                ("--total", self._last_total() < _TOO_MUCH, "blir for stort med prisendringen (100 milliarder kroner)"),
                ("--use-factor", 0 <= self.use <= _MOST_USE, f"må være fra 0 til {_MOST_USE}"),
                ("--seed", self.seed is None or self.seed >= 0, "kan ikke være negativt"),
                ("--growth", _is_growth(self.growth), _GROWTH_TEXT),
                ("--price-change", _is_growth(self.price_change), _GROWTH_TEXT),
                ("--population-growth", _is_growth(self.population_growth), _GROWTH_TEXT),
            )
            if not ok
        ]
        if faults:
            raise ConfigurationError(faults)
        return self

    def _last_total(self) -> Decimal:
        """The last calendar year's gross cost, in kroner; 0 where the order has other faults."""
        if self.total >= _TOO_MUCH or not (_is_growth(self.price_change) and 1 <= self.months <= LONGEST_PERIOD):
            return Decimal(0)
        years = self.start.plus(self.months - 1).year - self.start.year
        return self.total * (1 + self.price_change / 100) ** years

    def texts(self) -> tuple[str, ...]:
        """The assumptions in Norwegian, for every document."""
        last = self.start.plus(self.months - 1)
        return (
            f"Perioden er {self.start.norwegian} til {last.norwegian}, {self.months} måneder.",
            f"Total bruttokostnad {number(self.total)} kroner per kalenderår, delt likt på månedene; endring i året "
            f"{number(self.price_change)} %. Totalen er en forutsetning: ingen kroneverdier er offentliggjort.",
            f"Vekst i mottakere {number(self.growth)} % og i folketall {number(self.population_growth)} % i året; "
            f"bruk per mottaker {number(self.use)} ganger forutsetningen.",
        )


def _is_growth(percent: Decimal) -> bool:
    return -100 < percent <= 100


def _percent(part: float) -> str:
    return f"{100 * part:.0f} %"


def parsed_adoption(text: str) -> Adoption:
    """`0:30,12:50,60:all` as points; `default` is the portfolio's. Raises ConfigurationError where it isn't one."""
    if text == "default":
        return DEFAULT_ADOPTION
    try:
        points = tuple(_point(part) for part in text.split(","))
    except ValueError as error:
        raise _bad_adoption(text) from error
    rising = all(_rises(a, b) for a, b in pairwise(points))
    if not rising or points[0][0] != 0:
        raise _bad_adoption(text)
    return points


def _rises(one: tuple[int, int | None], other: tuple[int, int | None]) -> bool:
    return one[0] < other[0] and (other[1] is None or (one[1] is not None and one[1] <= other[1]))


def _point(text: str) -> tuple[int, int | None]:
    month, count = text.split(":")
    many = None if count.strip() == "all" else int(count)
    if int(month) < 0 or (many is not None and many < 0):
        raise ValueError(text)
    return int(month), many


def _bad_adoption(text: str) -> ConfigurationError:
    advice = f"{text!r} er ikke stigende punkter MÅNED:ANTALL fra måned 0, som 0:30,12:50,60:all"
    return ConfigurationError([ConfigurationFault(0, "--adoption", advice)])
