"""Tiers: a municipality's first cases of the month cost most, the next less, the rest least.

Only the cases above a step get the lower price, so that a bill never falls when use grows. Our own proposal.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from hub.metering.pot import Pot, every_month
from hub.metering.price_model import Billing, Parameter, PriceModel, Settings, to_whole_ore
from hub.metering.sharing import Ints
from hub.metering.worked_example import ExampleMunicipality, WorkedExample
from hub.metering.world import World

_FORMULA = """\
Kommunens første saker i måneden koster mest, de neste mindre, resten minst.

    w(i)   = price * (factor1 * sakene opp til step1
                    + factor2 * sakene derfra og opp til step2
                    + factor3 * sakene over); alle tjenestene regnes sammen
    recover:  regning(i) = N * w(i) / summen av w     N: månedens nettokostnad
    list:     regning(i) = w(i) minus statens prosent

Bare sakene over et trinn får den lavere prisen, så en regning aldri går ned når bruken øker. Trinn lønner de store:
se på spredningen i pris per sak mellom store og små. Vårt eget forslag.
"""
_EXAMPLES = (
    WorkedExample(
        text=(
            "Prisliste: 1 krone, trinn ved 100 og 200 saker, faktorer 1, 0,5 og 0,1. A har 300 saker: 100 + 50 + 10 = "
            "160 kroner i måneden, 1 920 i året. B har 80: 80 i måneden, 960 i året. Staten: 3 600 - 2 880 = 720."
        ),
        total=Decimal(3600),
        prices="list",
        settings={
            "price": Decimal(1),
            "step1": Decimal(100),
            "step2": Decimal(200),
            "factor2": Decimal("0.5"),
            "factor3": Decimal("0.1"),
        },
        state_ore=720_00,
        municipalities=(
            ExampleMunicipality("A", 9000, 1, 300, 50, fixed_ore=0, variable_ore=1920_00),
            ExampleMunicipality("B", 2000, 1, 80, 20, fixed_ore=0, variable_ore=960_00),
        ),
    ),
    WorkedExample(
        text="Samme trinn, 3 600 skal dekkes: 300 i måneden etter 160 og 80: A 200, B 100.",
        total=Decimal(3600),
        settings={
            "price": Decimal(1),
            "step1": Decimal(100),
            "step2": Decimal(200),
            "factor2": Decimal("0.5"),
            "factor3": Decimal("0.1"),
        },
        municipalities=(
            ExampleMunicipality("A", 9000, 1, 300, 50, fixed_ore=0, variable_ore=2400_00),
            ExampleMunicipality("B", 2000, 1, 80, 20, fixed_ore=0, variable_ore=1200_00),
        ),
    ),
)


def _pots(world: World, settings: Settings) -> tuple[Pot, ...]:
    """One pot, shared by tiered use."""
    weights = _tiered(world.cases.sum(axis=-1), settings)
    return (
        Pot(
            name="trinn",
            title="Bruk: saker etter trinn",
            rule="månedens saker, der sakene over hvert trinn har lavere pris",
            component="variable",
            share=every_month(world),
            weights=weights,
            listed=to_whole_ore(weights),
            by_cases=True,
        ),
    )


def _tiered(cases: Ints, settings: Settings) -> Ints:
    step1 = settings.whole("step1")
    step2 = max(settings.whole("step2"), step1)
    first = np.minimum(cases, step1) * settings.product("price", "factor1")
    second = np.clip(cases - step1, 0, step2 - step1) * settings.product("price", "factor2")
    third = np.maximum(cases - step2, 0) * settings.product("price", "factor3")
    return np.asarray(first + second + third, np.int64)


MODEL = PriceModel(
    name="tiers",
    title="Trinnpris: lavere pris per sak ved stor bruk",
    formula=_FORMULA,
    parameters=(
        Parameter("price", "pris per sak på første trinn", Decimal(15), "kroner"),
        Parameter("step1", "saker på første trinn", Decimal(500), "saker i måneden"),
        Parameter("step2", "saker på første og andre trinn", Decimal(5000), "saker i måneden"),
        Parameter("factor1", "prisfaktor på første trinn", Decimal(1), "ganger"),
        Parameter("factor2", "prisfaktor på andre trinn", Decimal("0.7"), "ganger"),
        Parameter("factor3", "prisfaktor over andre trinn", Decimal("0.4"), "ganger"),
    ),
    billing=Billing("monthly", "monthly"),
    examples=_EXAMPLES,
    pots=_pots,
)
