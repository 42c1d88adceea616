"""Per delivered case: each service's cases times its price.

Our own proposal of a model based on actual use (KS portfolio 2023, point 2.5, asks for one).
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
Antallet leverte saker av hver tjeneste ganger tjenestens pris.

    p(s)   prisen for en sak av tjenesten s: price * factor.s, i kroner; et målt oppslag koster read_price (0)
    w(i)   = summen over s av saker(i, s) * p(s) + oppslag(i) * read_price
    recover:  regning(i) = N * w(i) / summen av w     N: månedens nettokostnad; prisene er relative, totalen dekkes
    list:     regning(i) = w(i) minus statens prosent    staten betaler det som prisene ikke dekker

I en måned uten en eneste sak bæres N til neste måned som har en (recover). Vårt eget forslag til en modell etter
faktisk bruk (KS' portefølje 2023, punkt 2.5, ber om en).
"""
_EXAMPLES = (
    WorkedExample(
        text=(
            "1 200 kroner i året er 100 i måneden. A har 60 saker, B 30, C 10: "
            "A betaler 60 kroner i måneden, B 30 og C 10."
        ),
        total=Decimal(1200),
        municipalities=(
            ExampleMunicipality("A", 5000, 1, 60, 20, fixed_ore=0, variable_ore=720_00),
            ExampleMunicipality("B", 3000, 1, 30, 10, fixed_ore=0, variable_ore=360_00),
            ExampleMunicipality("C", 2000, 1, 10, 5, fixed_ore=0, variable_ore=120_00),
        ),
    ),
    WorkedExample(
        text=(
            "Prisliste: 0,75 kroner per sak. A: 60*0,75*12 = 540, B: 270, C: 90. "
            "Kommunene betaler 900 av 1 200, staten resten: 300 (25 %)."
        ),
        total=Decimal(1200),
        prices="list",
        settings={"price": Decimal("0.75")},
        state_ore=300_00,
        municipalities=(
            ExampleMunicipality("A", 5000, 1, 60, 20, fixed_ore=0, variable_ore=540_00),
            ExampleMunicipality("B", 3000, 1, 30, 10, fixed_ore=0, variable_ore=270_00),
            ExampleMunicipality("C", 2000, 1, 10, 5, fixed_ore=0, variable_ore=90_00),
        ),
    ),
)


def _pots(world: World, settings: Settings) -> tuple[Pot, ...]:
    """One pot, shared by priced use."""
    rates = service_rates(world, settings, "price")
    weights = world.cases @ rates + world.reads * settings.price("read_price")
    return (
        Pot(
            name="bruk",
            title="Bruk: leverte saker",
            rule="antall leverte saker ganger tjenestens pris",
            component="variable",
            share=every_month(world),
            weights=weights,
            listed=to_whole_ore(weights),
            services=ServiceRates("sak", world.cases, rates),
        ),
    )


MODEL = PriceModel(
    name="per-case",
    title="Pris per levert sak, etter tjeneste",
    formula=_FORMULA,
    parameters=(
        Parameter("price", "pris per sak", Decimal(10), "kroner"),
        Parameter("read_price", "pris per målt oppslag", Decimal(0), "kroner"),
        *service_parameters(),
    ),
    billing=Billing("monthly", "monthly"),
    examples=_EXAMPLES,
    pots=_pots,
)
