"""Per inhabitant: everybody pays by population, whether connected or not.

Our own proposal, and the plainest to compare with.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from hub.metering.pot import Pot, every_month
from hub.metering.price_model import HUNDREDTHS, Billing, Parameter, PriceModel, Settings
from hub.metering.worked_example import ExampleMunicipality, WorkedExample
from hub.metering.world import World
from hub.metering.year_steps import month_amounts

_FORMULA = """\
Alle betaler etter folketallet, enten de har tjenesten i bruk eller ikke.

    b(i)   kommunens innbyggere
    recover:  regning(i) = N * b(i) / summen av b     N: månedens nettokostnad
    list:     regning(i) = b(i) * price / 12 minus statens prosent; price er kroner per innbygger og år

Faktureres kvartalsvis på forskudd, siden ingenting må måles. Vårt eget forslag, og det enkleste å sammenligne med.
"""
_EXAMPLES = (
    WorkedExample(
        text="1 000 kroner på 5 000, 3 000 og 2 000 innbyggere, staten dekker 40 %: 600 delt er 300, 180 og 120.",
        total=Decimal(1000),
        state_percent=Decimal(40),
        state_ore=400_00,
        municipalities=(
            ExampleMunicipality("A", 5000, 1, 60, 20, fixed_ore=300_00, variable_ore=0),
            ExampleMunicipality("B", 3000, 1, 30, 10, fixed_ore=180_00, variable_ore=0),
            ExampleMunicipality("C", 2000, 1, 0, 0, fixed_ore=120_00, variable_ore=0, connected_from=0),
        ),
    ),
    WorkedExample(
        text="Prisliste: 0,05 kroner per innbygger og år. A: 250, B: 150, C: 100. Staten: 1 000 - 500 = 500.",
        total=Decimal(1000),
        prices="list",
        settings={"price": Decimal("0.05")},
        state_ore=500_00,
        municipalities=(
            ExampleMunicipality("A", 5000, 1, 60, 20, fixed_ore=250_00, variable_ore=0),
            ExampleMunicipality("B", 3000, 1, 30, 10, fixed_ore=150_00, variable_ore=0),
            ExampleMunicipality("C", 2000, 1, 0, 0, fixed_ore=100_00, variable_ore=0, connected_from=0),
        ),
    ),
)


def _pots(world: World, settings: Settings) -> tuple[Pot, ...]:
    """One pot, shared by population."""
    yearly = (world.population * settings.price("price") * 100 + HUNDREDTHS // 2) // HUNDREDTHS
    return (
        Pot(
            name="innbyggere",
            title="Etter innbyggertall",
            rule="delt på alle kommuner etter antall innbyggere",
            component="fixed",
            share=every_month(world),
            weights=world.population[None],
            listed=np.asarray(month_amounts(yearly, world.months)[None], np.int64),
        ),
    )


MODEL = PriceModel(
    name="per-inhabitant",
    title="Pris per innbygger",
    formula=_FORMULA,
    parameters=(Parameter("price", "pris per innbygger og år", Decimal(18), "kroner"),),
    billing=Billing("quarterly_in_advance", "monthly"),
    examples=_EXAMPLES,
    pots=_pots,
)
