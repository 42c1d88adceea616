"""A base fee plus use, with a cap and a floor per inhabitant.

Our own proposal.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from hub.metering.pot import Pot, ServiceRates, every_month
from hub.metering.price_model import (
    HUNDREDTHS,
    Billing,
    Parameter,
    PriceModel,
    Settings,
    service_parameters,
    service_rates,
    to_whole_ore,
)
from hub.metering.sharing import Ints
from hub.metering.worked_example import ExampleMunicipality, WorkedExample
from hub.metering.world import World
from hub.metering.year_steps import month_amounts

_FORMULA = """\
Et grunnbeløp pluss bruk, med tak og gulv per innbygger.

    f(i)   = base for dem som er tilknyttet, kroner i måneden
    u(i)   = summen over s av saker(i, s) * price * factor.s
    minst(i), mest(i) = floor/12 og cap/12 kroner per innbygger, for dem som er tilknyttet
    recover:  regning(i) = månedens nettokostnad N delt etter f(i) + u(i), men aldri utenfor minst(i) og mest(i);
              det et tak kutter, faller på de andre etter de samme vektene; det et gulv legger til, letter dem
    list:     regning(i) = f(i) + u(i), hevet til minst(i) eller kuttet ved mest(i), minus statens prosent

Når alle er ved taket, betaler staten resten. Den faste delen av en regning er grunnbeløpets del av den. Den som ikke er
tilknyttet, betaler ingenting. Vårt eget forslag.
"""
_EXAMPLES = (
    WorkedExample(
        text=(
            "Prisliste: 20 kroner i måneden pluss 1 krone per sak, tak 0,12 og gulv 0,06 kroner per innbygger og år. "
            "A (10 000 innb., 100 saker): 120, men taket er 100: 1 200 i året, derav 20/120 fast. "
            "B (5 000, 10 saker): 30, innenfor 25 og 50: 360. C (9 000, 5 saker): 25, gulvet er 45: 540."
        ),
        total=Decimal(3000),
        prices="list",
        settings={
            "base": Decimal(20),
            "price": Decimal(1),
            "cap": Decimal("0.12"),
            "floor": Decimal("0.06"),
        },
        state_ore=900_00,
        municipalities=(
            ExampleMunicipality("A", 10000, 1, 100, 20, fixed_ore=199_92, variable_ore=1000_08),
            ExampleMunicipality("B", 5000, 1, 10, 5, fixed_ore=240_00, variable_ore=120_00),
            ExampleMunicipality("C", 9000, 1, 5, 2, fixed_ore=432_00, variable_ore=108_00),
        ),
    ),
    WorkedExample(
        text=(
            "2 400 skal dekkes, 200 i måneden, tak 0,12, uten grunnbeløp og gulv. Saker 100, 50 og 25. A skulle betalt "
            "114, men taket er 100. De andre deler de 100 som er igjen etter 50 og 25: 66,67 og 33,33."
        ),
        total=Decimal(2400),
        settings={"base": Decimal(0), "cap": Decimal("0.12"), "floor": Decimal(0)},
        municipalities=(
            ExampleMunicipality("A", 10000, 1, 100, 20, fixed_ore=0, variable_ore=1200_00),
            ExampleMunicipality("B", 9000, 1, 50, 5, fixed_ore=0, variable_ore=800_04),
            ExampleMunicipality("C", 8000, 1, 25, 2, fixed_ore=0, variable_ore=399_96),
        ),
    ),
)


def _pots(world: World, settings: Settings) -> tuple[Pot, ...]:
    """One pot, shared by base fee and use within the bounds."""
    rates = service_rates(world, settings, "price")
    base = np.asarray(world.connected * settings.price("base"), np.int64)
    weights = base + (world.cases @ rates) * world.connected
    return (
        Pot(
            name="grunnbelop-og-bruk",
            title="Grunnbeløp og bruk, med tak og gulv",
            rule="grunnbeløp pluss saker ganger pris, mellom gulv og tak per innbygger",
            component="variable",
            share=every_month(world),
            weights=weights,
            listed=to_whole_ore(weights),
            least=_per_inhabitant(world, settings.price("floor")),
            most=_per_inhabitant(world, settings.price("cap")),
            base=base,
            services=ServiceRates("sak", world.cases, rates),
        ),
    )


def _per_inhabitant(world: World, price: int) -> Ints:
    yearly = world.population * price * 100 // HUNDREDTHS
    return np.asarray(month_amounts(yearly, world.months) * world.connected, np.int64)


MODEL = PriceModel(
    name="base-cap-floor",
    title="Grunnbeløp pluss bruk, med tak og gulv per innbygger",
    formula=_FORMULA,
    parameters=(
        Parameter("base", "grunnbeløp per tilknyttet kommune og måned", Decimal(2000), "kroner"),
        Parameter("price", "pris per sak", Decimal(10), "kroner"),
        Parameter("cap", "tak per innbygger og år", Decimal(60), "kroner"),
        Parameter("floor", "gulv per innbygger og år", Decimal(2), "kroner"),
        *service_parameters(),
    ),
    billing=Billing("monthly", "monthly"),
    examples=_EXAMPLES,
    pots=_pots,
)
