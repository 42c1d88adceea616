"""Per active user and month: each patient with at least one case in the month counts once per service.

Our own proposal.
"""

from __future__ import annotations

from decimal import Decimal

from hub.metering.pot import Pot, ServiceRates, every_month
from hub.metering.price_model import (
    Billing,
    Parameter,
    PriceModel,
    Settings,
    service_parameters,
    service_rates,
    to_whole_ore,
)
from hub.metering.worked_example import ExampleMunicipality, WorkedExample
from hub.metering.world import World

_FORMULA = """\
Hver pasient med minst én sak i måneden teller én gang per tjeneste.

    p(s)   prisen for en bruker av tjenesten s i en måned: price * factor.s, i kroner
    w(i)   = summen over s av brukere(i, s) * p(s)
    recover:  regning(i) = N * w(i) / summen av w     N: månedens nettokostnad
    list:     regning(i) = w(i) minus statens prosent

I en måned uten brukere bæres N til neste måned som har noen (recover). Vårt eget forslag.
"""
_EXAMPLES = (
    WorkedExample(
        text=(
            "1 200 kroner i året er 100 i måneden. A har 15 brukere, B 5: A betaler 75 i måneden, B 25. "
            "At B har flest saker, betyr ingenting."
        ),
        total=Decimal(1200),
        municipalities=(
            ExampleMunicipality("A", 5000, 1, 30, 15, fixed_ore=0, variable_ore=900_00),
            ExampleMunicipality("B", 3000, 1, 90, 5, fixed_ore=0, variable_ore=300_00),
        ),
    ),
    WorkedExample(
        text="Prisliste: 3 kroner per bruker og måned. A: 15*3*12 = 540, B: 5*3*12 = 180. Staten: 1 200 - 720 = 480.",
        total=Decimal(1200),
        prices="list",
        settings={"price": Decimal(3)},
        state_ore=480_00,
        municipalities=(
            ExampleMunicipality("A", 5000, 1, 30, 15, fixed_ore=0, variable_ore=540_00),
            ExampleMunicipality("B", 3000, 1, 90, 5, fixed_ore=0, variable_ore=180_00),
        ),
    ),
)


def _pots(world: World, settings: Settings) -> tuple[Pot, ...]:
    """One pot, shared by priced users."""
    rates = service_rates(world, settings, "price")
    weights = world.users @ rates
    return (
        Pot(
            name="brukere",
            title="Bruk: aktive brukere",
            rule="antall brukere med minst én sak i måneden ganger tjenestens pris",
            component="variable",
            share=every_month(world),
            weights=weights,
            listed=to_whole_ore(weights),
            services=ServiceRates("bruker", world.users, rates),
        ),
    )


MODEL = PriceModel(
    name="per-user",
    title="Pris per aktiv bruker og måned, etter tjeneste",
    formula=_FORMULA,
    parameters=(Parameter("price", "pris per bruker og måned", Decimal(50), "kroner"), *service_parameters()),
    billing=Billing("monthly", "monthly"),
    examples=_EXAMPLES,
    pots=_pots,
)
