"""A transition from today's model to one by use, step by step over a number of years.

Our own proposal.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hub.metering.pot import Pot, ServiceRates, every_month
from hub.metering.price_model import Billing, Parameter, PriceModel, Settings, service_parameters, service_rates
from hub.metering.worked_example import ExampleMunicipality, WorkedExample
from hub.metering.world import World

_FORMULA = """\
Fra dagens modell til en etter bruk, trinn for trinn over noen år.

    a      delen som går etter bruk: 0 det første året, så 1/years mer hvert kalenderår, høyst 1
    N      månedens nettokostnad: brutto minus statens prosent
    fast(i)     = (1 - a) * N/2 etter kostnadsnøkkelen på alle
    variabel(i) = (1 - a) * N/2 etter kostnadsnøkkelen på dem som er i bruk
                + a * N etter saker, hver tjenestes saker ganger dens prisfaktor

Det første året er det som perioden begynner i, om ikke start_year sier noe annet. En del som ingen kan betale, bæres
til neste måned. Vårt eget forslag.
"""
_EXAMPLES = (
    WorkedExample(
        text=(
            "Andre av fire år (2025, start 2024): en firedel etter bruk. 1 200 kroner: 450 fast etter nøkkel 2 og 1 "
            "(300 og 150), 450 variabelt på A alene, 300 etter 30 og 0 saker på A alene: A betaler 300 + 750, B 150."
        ),
        total=Decimal(1200),
        settings={"years": Decimal(4), "start_year": Decimal(2024)},
        municipalities=(
            ExampleMunicipality("A", 5000, 2, 30, 10, fixed_ore=300_00, variable_ore=750_00),
            ExampleMunicipality("B", 3000, 1, 0, 0, fixed_ore=150_00, variable_ore=0, connected_from=0),
        ),
    ),
    WorkedExample(
        text="Etter overgangen (2025, start 2021, fire år) teller bare bruk: 30 og 10 saker gir 900 og 300.",
        total=Decimal(1200),
        settings={"years": Decimal(4), "start_year": Decimal(2021)},
        municipalities=(
            ExampleMunicipality("A", 5000, 1, 30, 10, fixed_ore=0, variable_ore=900_00),
            ExampleMunicipality("B", 3000, 2, 10, 5, fixed_ore=0, variable_ore=300_00),
        ),
    ),
)


def _pots(world: World, settings: Settings) -> tuple[Pot, ...]:
    """Today's two halves, shrinking, and the use pot, growing."""
    today = [1 - part for part in _use_parts(world, settings)]
    key, rates = world.key[None], service_rates(world, settings, "price")
    return (
        Pot(
            name="fast",
            title="Fast del (dagens modell)",
            rule="halvparten av det som ikke går etter bruk, delt på alle etter kostnadsnøkkelen",
            component="fixed",
            share=[part / 2 for part in today],
            weights=key,
        ),
        Pot(
            name="variabel",
            title="Variabel del (dagens modell)",
            rule="halvparten av det som ikke går etter bruk, delt etter kostnadsnøkkelen på dem som er i bruk",
            component="variable",
            # of what the fixed part leaves: (a half of today's part) out of (1 - a half of today's part)
            share=[(part / 2) / (1 - part / 2) for part in today],
            weights=key * world.connected,
        ),
        Pot(
            name="bruk",
            title="Bruk: leverte saker",
            rule="den delen som går etter bruk, delt etter saker ganger tjenestens prisfaktor",
            component="variable",
            share=every_month(world),
            weights=world.cases @ rates,
            services=ServiceRates("sak", world.cases, rates),
        ),
    )


def _use_parts(world: World, settings: Settings) -> list[Fraction]:
    first = settings.whole("start_year") or world.months[0].year
    years = max(settings.whole("years"), 1)
    return [Fraction(min(max(m.year - first, 0), years), years) for m in world.months]


MODEL = PriceModel(
    name="transition",
    title="Overgang fra dagens modell til bruk over flere år",
    formula=_FORMULA,
    parameters=(
        Parameter("years", "år til alt går etter bruk", Decimal(4), "år", least=Decimal(1), most=Decimal(50)),
        Parameter("start_year", "overgangens første år (0: periodens første)", Decimal(0), "år"),
        Parameter("price", "felles prisfaktor", Decimal(1), "ganger"),
        *service_parameters(),
    ),
    billing=Billing("quarterly_in_advance", "half_yearly_in_arrears"),
    examples=_EXAMPLES,
    pots=_pots,
)
